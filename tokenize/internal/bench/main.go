// Command bench is the Go side of .ci/bench-tokenizers and
// .ci/tokenizer-parity: it writes the corpus both sides read and encodes it.
//
//	bench corpus FILE MEGABYTES [ROOT ...]   one JSON string a line
//	bench run ENGINE FILE [PASSES]           seconds and ids of each pass
//	bench start                              builds the tokenizer and encodes one letter
//	bench limits FILE                        ms of a piece of 100 KB, allocations of a warm text
//	bench export DIR                         the tokenizer as Hugging Face's files
//	bench ids TOKENIZER FILE IDS [added]     for every line a count and its ids, int32
//
// TOKENIZER is a tokenizer.json, or a rank file and its split expression behind
// a colon.
package main

import (
	"bufio"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"trainyard/tokenize"
	"trainyard/tokenize/internal/corpus"
)

func main() {
	if err := dispatch(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func dispatch(args []string) error {
	switch {
	case len(args) >= 3 && args[0] == "corpus":
		return writeCorpus(args[1], args[2], args[3:])
	case len(args) == 2 && args[0] == "export":
		return tokenize.Qwen25().WriteHF(args[1], "")
	case len(args) >= 3 && args[0] == "run":
		return run(args[1], args[2], args[3:])
	case len(args) == 1 && args[0] == "start":
		return start()
	case len(args) == 2 && args[0] == "limits":
		return limits(args[1])
	case len(args) >= 4 && args[0] == "ids":
		return writeIDs(args[1], args[2], args[3], len(args) > 4 && args[4] == "added")
	}
	return fmt.Errorf("unknown arguments %q; see the package comment", args)
}

// writeCorpus takes roots as source trees, and those named fixtures as folders
// of trajectories.
func writeCorpus(path, megabytes string, roots []string) error {
	size, err := strconv.Atoi(megabytes)
	if err != nil {
		return err
	}
	var messages, trees []string
	for _, root := range roots {
		if filepath.Base(root) == "fixtures" {
			messages = append(messages, corpus.Strings(root)...)
		} else {
			trees = append(trees, root)
		}
	}
	c, err := corpus.New(1, trees...)
	if err != nil {
		return err
	}
	return writeLines(path, append(messages, c.Messages(size<<20-total(messages))...))
}

func writeLines(path string, messages []string) error {
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	w := bufio.NewWriter(f)
	lines := json.NewEncoder(w)
	for _, m := range messages {
		if err := lines.Encode(m); err != nil {
			return err
		}
	}
	if err := w.Flush(); err != nil {
		return err
	}
	return f.Close()
}

func readLines(path string) ([]string, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	var messages []string
	for d := json.NewDecoder(bufio.NewReader(f)); d.More(); {
		var m string
		if err := d.Decode(&m); err != nil {
			return nil, err
		}
		messages = append(messages, m)
	}
	return messages, nil
}

func total(messages []string) (n int) {
	for _, m := range messages {
		n += len(m)
	}
	return n
}

// run prints one line a pass: bytes, CPU seconds, wall seconds, ids. An
// engine is built inside the first pass.
func run(engine, path string, rest []string) error {
	messages, err := readLines(path)
	if err != nil {
		return err
	}
	passes := 1
	if len(rest) > 0 {
		if passes, err = strconv.Atoi(rest[0]); err != nil {
			return err
		}
	}
	var e tokenize.Encoder
	for range passes {
		watch := startWatch()
		if e == nil {
			if e, err = open(engine); err != nil {
				return err
			}
		}
		n := encode(e, messages, engine == "trainyard-2")
		cpu, wall := watch.seconds()
		fmt.Printf("%d %.4f %.4f %d\n", total(messages), cpu, wall, n)
	}
	return nil
}

func open(engine string) (tokenize.Encoder, error) {
	switch engine {
	case "trainyard", "trainyard-2":
		return tokenize.Qwen25(), nil
	case "tiktoken-go":
		return tokenize.Tiktoken(tokenize.Qwen25())
	}
	return nil, fmt.Errorf("unknown engine %q", engine)
}

func encode(e tokenize.Encoder, messages []string, two bool) int {
	if !two {
		return encodeAll(e, messages)
	}
	half, done := len(messages)/2, make(chan int)
	go func() { done <- encodeAll(e, messages[half:]) }()
	return encodeAll(e, messages[:half]) + <-done
}

// encodeAll counts ids that it has really written, message by message.
func encodeAll(e tokenize.Encoder, messages []string) (n int) {
	var ids []int32
	for _, m := range messages {
		ids = e.Append(ids[:0], m)
		n += len(ids)
	}
	return n
}

func start() error {
	if n := tokenize.Qwen25().Count("x"); n != 1 {
		return fmt.Errorf("one letter is %d ids", n)
	}
	return nil
}

// limits prints the median time of one piece of 100 KB of random letters, the
// slowest there is, and what encoding the texts of a file allocates once warm.
func limits(path string) error {
	messages, err := readLines(path)
	if err != nil {
		return err
	}
	rng := rand.New(rand.NewPCG(1, 2))
	piece := make([]byte, 100<<10)
	for i := range piece {
		piece[i] = byte('a' + rng.IntN(26))
	}
	tok := tokenize.Qwen25()
	ids := tok.Append(nil, string(piece))
	var times []time.Duration
	for range 9 {
		watch := time.Now()
		ids = tok.Append(ids[:0], string(piece))
		times = append(times, time.Since(watch))
	}
	slices.Sort(times)
	ids = slices.Grow(ids, 1<<20)
	allocations := testing.AllocsPerRun(3, func() {
		for _, m := range messages {
			ids = tok.Append(ids[:0], m)
		}
	})
	fmt.Printf("%.2f %.4f\n", times[4].Seconds()*1000, allocations/float64(len(messages)))
	return nil
}

func load(name string) (*tokenize.Tokenizer, error) {
	if path, expression, ok := strings.Cut(name, ":"); ok {
		return tokenize.LoadTiktoken(path, expression, nil)
	}
	return tokenize.LoadHF(name)
}

func writeIDs(name, path, out string, added bool) error {
	tok, err := load(name)
	if err != nil {
		return err
	}
	messages, err := readLines(path)
	if err != nil {
		return err
	}
	f, err := os.Create(out)
	if err != nil {
		return err
	}
	w := bufio.NewWriter(f)
	encode := tok.Append
	if added {
		encode = tok.AppendAdded
	}
	var ids []int32
	for _, m := range messages {
		ids = encode(ids[:0], m)
		_ = binary.Write(w, binary.LittleEndian, int32(len(ids)))
		_ = binary.Write(w, binary.LittleEndian, ids)
	}
	if err := w.Flush(); err != nil {
		return err
	}
	return f.Close()
}
