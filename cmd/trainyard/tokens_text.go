package main

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"
	"unicode"
)

func countText(j *tokenJob, text []byte) error {
	n := len(j.encode(string(text)))
	if j.s.json() {
		return j.t.PrintJSON(map[string]int{"tokens": n, "bytes": len(text)})
	}
	j.t.Print("%d\n", n)
	return nil
}

func encodeText(j *tokenJob, text []byte) error {
	ids := j.encode(string(text))
	if j.s.json() {
		return j.t.PrintJSON(map[string]any{"ids": ids})
	}
	out := make([]byte, 0, 6*len(ids))
	for _, id := range ids {
		out = append(strconv.AppendInt(out, int64(id), 10), ' ')
	}
	_, err := j.t.Out.Write(append(bytes.TrimSuffix(out, []byte(" ")), '\n'))
	return err
}

// decodeText reads ids as encode prints them, or as JSON lists write them.
func decodeText(j *tokenJob, text []byte) error {
	var ids []int32
	between := func(r rune) bool { return unicode.IsSpace(r) || strings.ContainsRune("[],", r) }
	for _, word := range strings.FieldsFunc(string(text), between) {
		id, err := j.id(word)
		if err != nil {
			return err
		}
		ids = append(ids, id)
	}
	decoded := j.tok.Decode(ids)
	if j.s.json() {
		return j.t.PrintJSON(map[string]string{"text": string(decoded)})
	}
	_, err := j.t.Out.Write(decoded)
	return err
}

func (j *tokenJob) id(word string) (int32, error) {
	id, err := strconv.ParseInt(word, 10, 32)
	if err != nil || id < 0 || int(id) >= j.tok.VocabSize() {
		return 0, fmt.Errorf("%q is no id: %s has %d, from 0", word, j.tok.Name(), j.tok.VocabSize())
	}
	return int32(id), nil
}

// showText prints a token a line, with its id.
func showText(j *tokenJob, text []byte) error {
	var b strings.Builder
	for i, id := range j.encode(string(text)) {
		fmt.Fprintf(&b, "%6d  %6d  %q\n", i, id, j.tok.Decode([]int32{id}))
	}
	j.t.Print("%s", b.String())
	return nil
}
