// Package hfjobs runs attempts as Jobs of the Hugging Face Hub, by the hf command
// line (huggingface_hub 2.4 was read, and its hf is what the tests run).
//
// In comes a launch.Task, out goes a job whose name is that of the attempt; package
// listed says how it is claimed, found and told apart. A flavor is the machine with
// its GPUs; a bucket of the Hub, mounted as a volume, keeps attempts, checkpoints and
// the fence.
//
// The Hub ends a job after 30 minutes that it was not told otherwise, so a task needs
// a deadline. Values of secrets go from the environment of hf to the Hub, which keeps
// them encrypted with the job; nothing of them is in an argument.
//
// What it does not do: several machines (each would be a job of its own), and files
// above 64 KiB, which have to lie in a bucket. It could not be tried on the Hub itself,
// which costs money: the tests run the real hf against a server that speaks as much of
// the Hub's API as hf uses, and runs the jobs as processes.
package hfjobs
