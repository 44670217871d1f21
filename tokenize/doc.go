// Package tokenize turns text into the token ids that a trainer will see.
//
// # What comes in, what goes out
//
// In: text. Out: token ids as int32. Conversations are the business of package
// chat. The words:
//
//   - vocabulary: the ordinary tokens and the merges that make them
//   - added token: one that is matched as a whole in raw text, such as
//     <|im_end|>; content never makes one unless AppendAdded is asked to
//   - piece: what the split expression cuts text into; merges stay inside it
//
// # The promise
//
// Ids are those of Hugging Face's tokenizers, on any text. Qwen25 and Qwen3 are
// built in; LoadHF takes other byte-level tokenizer.json files, LoadTiktoken
// rank files. What a file asks for that is not supported is refused by the
// field's name, never approximated. Decode is the inverse of encoding up to
// NFC. Text that is not UTF-8 is read as Python's errors="replace" reads it:
// U+FFFD for each maximal part of a broken sequence.
//
// A Tokenizer is safe for concurrent use and allocates nothing per text once
// warm. Its tables are bounded: 64 MB for short pieces, 5 MB for long ones, 4 MB
// of merges. No input takes more than linear time but for a logarithm: a word
// of 100 KB takes about 5 ms.
//
// How it is fast, and how fast, stands in BENCH.md.
//
// # What it does not do
//
// No SentencePiece, WordPiece or Unigram; no post-processors (a BOS token is
// the template's business); no general regular expressions: a split expression
// that is not one of those in pretokenize_patterns.go is refused. It never
// touches the network.
//
// # Libraries
//
// tiktoken-go is the independent oracle of tests and fuzzing (Tiktoken); it is
// some hundred times slower and quadratic on long words. golang.org/x/text is
// not used for NFC because its tables are newer and it inserts U+034F after
// thirty marks. The embedded data comes from registry packages, see
// internal/datagen and the NOTICE file.
package tokenize
