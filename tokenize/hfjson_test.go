package tokenize

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"trainyard/tokenize/unicode"
)

// The digests are those of the files as published; of tokenizer.json, as the
// current library writes it (onnx-community/Qwen2.5-0.5B-Instruct).
func TestExportedFilesAreThoseOfQwen(t *testing.T) {
	dir := t.TempDir()
	if err := Qwen25().WriteHF(dir, ""); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{
		"vocab.json":     "ca10d7e9fb3ed18575dd1e277a2579c16d108e32f27439684afa0e10b1440910",
		"merges.txt":     "599bab54075088774b1733fde865d5bd747cbcc7a547c5bc12610e874e26f5e3",
		"tokenizer.json": "a8506e7111b80c6d8635951a02eab0f4e1a8e4e5772da83846579e97b16f61bf",
	} {
		data, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		sum := sha256.Sum256(data)
		if got := hex.EncodeToString(sum[:]); got != want {
			t.Errorf("%s: %d bytes, sha256 %s, expected %s", name, len(data), got, want)
		}
	}
}

func TestALoadedTokenizerEncodesAsTheOneThatWasExported(t *testing.T) {
	dir := t.TempDir()
	if err := Qwen3().WriteHF(dir, "{{ messages }}"); err != nil {
		t.Fatal(err)
	}
	loaded, err := LoadHF(dir)
	if err != nil {
		t.Fatal(err)
	}
	rng := rand.New(rand.NewPCG(17, 18))
	for range 500 {
		text := awkwardText(rng, 50) + "<think>"
		if got, want := loaded.AppendAdded(nil, text), Qwen3().AppendAdded(nil, text); !slices.Equal(got, want) {
			t.Fatalf("%q: %v, expected %v", text, got, want)
		}
	}
}

func TestWhatIsNotSupportedIsRefusedByItsField(t *testing.T) {
	model := `"model": {"type": "BPE", "vocab": {"a": 0}, "merges": []}`
	split := `{"type": "Split", "pattern": {"Regex": "x"}, "behavior": "Isolated", "invert": false}`
	bytelevel := `{"type": "ByteLevel", "add_prefix_space": false, "use_regex": false}`
	good := `"pre_tokenizer": {"type": "Sequence", "pretokenizers": [` + split + `, ` + bytelevel + `]}`
	for _, c := range []struct{ file, want string }{
		{`{"model": {"type": "Unigram"}, ` + good + `}`, "model.type"},
		{`{"model": {"type": "BPE", "byte_fallback": true}, ` + good + `}`, "model.byte_fallback"},
		{`{"model": {"type": "BPE", "dropout": 0.1}, ` + good + `}`, "model.dropout"},
		{`{` + model + `, ` + good + `, "normalizer": {"type": "Lowercase"}}`, "normalizer"},
		{`{` + model + `, "pre_tokenizer": {"type": "Whitespace"}}`, "pre_tokenizer"},
		{`{` + model + `, ` + strings.Replace(good, "Isolated", "Removed", 1) + `}`, "Removed"},
		{`{` + model + `, ` + good + `}`, "byte 0x00"},
		{`{` + model + `, ` + good + `, "added_tokens": [{"id": 5, "content": "x", "lstrip": true}]}`, "lstrip"},
		{`{"model": {"type": "BPE", "vocab": {"a": 0, "b": 1}, "merges": ["a b"]}, ` + good + `}`, "merge 0"},
		{`{"model": {"type": "BPE", "vocab": {"a": 0, "b": 2147483647}}, ` + good + `}`, `id 2147483647 of "b" is more than 2097151`},
		{`{"model": {"type": "BPE", "vocab": {"a": 0, "b": 2097152}}, ` + good + `}`, `id 2097152 of "b"`},
		{`{"model": {"type": "BPE", "vocab": {"a": 0, "b": 2147483648}}, ` + good + `}`, "cannot unmarshal number"},
		{`{` + model + `, ` + good + `, "added_tokens": [{"id": 2147483647, "content": "x"}]}`, `"x" has id 2147483647`},
		{`[`, "unexpected end"},
	} {
		path := filepath.Join(t.TempDir(), "tokenizer.json")
		if err := os.WriteFile(path, []byte(c.file), 0o666); err != nil {
			t.Fatal(err)
		}
		if _, err := LoadHF(path); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: error %v, expected one about %s", c.file, err, c.want)
		}
	}
}

// rankFile writes the Qwen vocabulary as a rank file: what a vocabulary made
// for another expression would look like too.
func rankFile(t *testing.T) string {
	path := filepath.Join(t.TempDir(), "ranks.tiktoken")
	var b strings.Builder
	v := Qwen25().engine.vocab
	for id := range int32(v.size()) {
		fmt.Fprintf(&b, "%s %d\n", base64.StdEncoding.EncodeToString([]byte(v.token(id))), id)
	}
	if err := os.WriteFile(path, []byte(b.String()), 0o666); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestRankFilesEncodeAsTiktokenDoes(t *testing.T) {
	path := rankFile(t)
	rng := rand.New(rand.NewPCG(19, 20))
	for _, expression := range []string{"qwen2", "llama3", "o200k"} {
		tok, err := LoadTiktoken(path, expression, map[string]int32{"<|end|>": 200000})
		if err != nil {
			t.Fatal(err)
		}
		oracle, err := Tiktoken(tok)
		if err != nil {
			t.Fatal(err)
		}
		for range 1500 {
			text := unicode.Normalise(awkwardText(rng, 30), tok.engine.mask)
			if got, want := tok.Append(nil, text), oracle.Append(nil, text); knownToGo(text) && !slices.Equal(got, want) {
				t.Fatalf("%s: %q: %v, oracle %v", expression, text, got, want)
			}
		}
		if got := tok.AppendAdded(nil, "a<|end|>"); len(got) != 2 || got[1] != 200000 {
			t.Errorf("%s: specials are not matched: %v", expression, got)
		}
	}
	if _, err := LoadTiktoken(path, "", nil); err == nil || !strings.Contains(err.Error(), "qwen2") {
		t.Errorf("a rank file without an expression: %v", err)
	}
}

func TestDeepSeekTextIsCutInThree(t *testing.T) {
	cut, err := cutterFor(deepseekExpression)
	if err != nil {
		t.Fatal(err)
	}
	for text, want := range map[string][]string{
		"abc 1234中文かな x":   {"abc", " ", "123", "4", "中文かな", " x"},
		"foo.bar(!!\n\n  ": {"foo", ".bar", "(!!\n\n", "  "},
		"  5 é\u0301.é":    {"  ", "5", " é\u0301", ".", "é"},
		"\x01\x02a \n b":   {"\x01", "\x02a", " \n", " b"},
	} {
		var got []string
		for i := 0; i < len(text); {
			end := cut.next(text, i)
			got = append(got, text[i:end])
			i = end
		}
		if !slices.Equal(got, want) {
			t.Errorf("%q: %q, expected %q", text, got, want)
		}
	}
}

// tokenizerJSON is a file of single bytes and the added tokens given.
func tokenizerJSON(t *testing.T, vocab, added string) (*Tokenizer, error) {
	t.Helper()
	var bytes []string
	for b := range 256 {
		bytes = append(bytes, fmt.Sprintf("%s: %d", quoted(toVisible(string([]byte{byte(b)}))), b))
	}
	path := filepath.Join(t.TempDir(), "tokenizer.json")
	file := fmt.Sprintf(`{"added_tokens": [%s], "model": {"type": "BPE", "merges": [], "vocab": {%s%s}}, "pre_tokenizer": {"type": "Sequence", "pretokenizers": [
		{"type": "Split", "pattern": {"Regex": %s}, "behavior": "Removed", "invert": true}, {"type": "ByteLevel", "use_regex": false}]}}`,
		added, strings.Join(bytes, ", "), vocab, quoted(o200kExpression))
	if err := os.WriteFile(path, []byte(file), 0o666); err != nil {
		t.Fatal(err)
	}
	return LoadHF(path)
}

// DeepSeek's files have control tokens among the ordinary ones, and more that
// are matched only in what the first leave.
func TestAddedTokensInsideTheVocabularyAndLateOnes(t *testing.T) {
	tok, err := tokenizerJSON(t, `, "<｜begin｜>": 256`, `{"id": 256, "content": "<｜begin｜>"}, {"id": 257, "content": "b>"},
		{"id": 258, "content": "<b>", "normalized": true}, {"id": 259, "content": "｜DSML｜", "normalized": true}`)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	if err := tok.WriteHF(dir, ""); err != nil {
		t.Fatal(err)
	}
	again, err := LoadHF(dir)
	if err != nil {
		t.Fatal(err)
	}
	for text, want := range map[string][]int32{
		"<｜begin｜>a":  {256, 'a'},
		"<b>":         {'<', 257}, // the library looks for b> first
		"a｜DSML｜<b｜>": append([]int32{'a', 259, '<', 'b'}, 0xEF, 0xBD, 0x9C, '>'),
	} {
		for name, tok := range map[string]*Tokenizer{"loaded": tok, "exported and loaded": again} {
			if got := tok.AppendAdded(nil, text); !slices.Equal(got, want) {
				t.Errorf("%s: %q: %v, expected %v", name, text, got, want)
			}
			if got := string(tok.Decode(want)); got != text {
				t.Errorf("%s: %v decodes to %q, expected %q", name, want, got, text)
			}
		}
	}
}

func TestAnAddedTokenWhoseIdTheLibraryWouldNotGiveIsRefused(t *testing.T) {
	for _, c := range []struct{ vocab, added, want string }{
		{"", `{"id": 300, "content": "<a>"}`, `"<a>" has id 300 where the library would give it 256`},
		{`, "<｜x｜>": 256`, "", "not byte-level"},
		{`, "a<": 256`, `{"id": 7, "content": "a<"}`, "would give it 256"},
	} {
		if _, err := tokenizerJSON(t, c.vocab, c.added); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s %s: error %v, expected %q", c.vocab, c.added, err, c.want)
		}
	}
}
