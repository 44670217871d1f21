package tokenize

// Writes qwen25.vocab and unicode_tables.go. It needs the network; what it
// writes is in the repository, so nothing else does.
//go:generate go run ./internal/datagen -out .
