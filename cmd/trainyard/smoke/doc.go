// Package smoke is a real, tiny trainer: what one runs before renting a GPU.
//
// In comes a finished dataset (Parquet shards and their manifest) and a
// Config; out come trainer_log.jsonl, checkpoint-N/, model.safetensors and
// train_results.json, in the shapes LLaMA-Factory and the Hugging Face Trainer
// write, so that whatever follows a real run can follow this one.
//
// It happens in two passes. The first reads every row of every shard as a
// trainer does: messages through the chat template and the tokenizer, tokens as
// they are, with the loss on trained tokens only. It compares what it counts with what the row, the
// manifest and the Config say, and stops at a shard that is unreadable or
// changed, an empty mask, an over-long row, roles no trainer accepts, labels
// that are not the row's ids, ids outside the vocabulary, or wrong totals. The ids go to an unnamed file in the output directory, so memory
// holds one small entry per row whatever the dataset's size.
//
// The second pass fits a log-bilinear language model to the trained tokens: the
// embeddings of the previous 8 tokens, weighted by position, score a path
// through a Huffman tree (Mnih and Hinton, "A Scalable Hierarchical
// Distributed Language Model", 2008). That is an exact distribution over the
// whole vocabulary at some ten dot products a token, which is what makes a
// loss in nats honest and a run short.
//
// Words: a step is batch_size rows. Inside a step the parameters move after
// every token, in order, on one goroutine (row-wise Adagrad); a step is the
// unit of the schedule, of logging and of checkpoints, not of the gradient.
//
// The promise: the same dataset, Config and kind of machine give the same
// bytes, and a run that was stopped or killed and started again ends with the
// model of a run that never stopped.
//
// What it does not do: say anything about how a large model will learn from
// the data. It proves the data's form, the masks, the counts and the road.
package smoke
