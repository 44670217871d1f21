package pyjson

import (
	"encoding/json"
	"errors"
	"reflect"
	"strings"
	"testing"
)

// decodeWith reads src through the index into Go values.
func decodeWith(src string) (v any, err error) {
	err = WithIndex([]byte(src), func(root Value) error {
		v = root.Decode()
		return nil
	})
	return v, err
}

func TestIndexReadsWhatPythonReads(t *testing.T) {
	for src, want := range map[string]any{
		`null`:                               nil,
		` true `:                             true,
		`-12`:                                -12,
		`1.5e3`:                              1500.0,
		`"a\"b\\\/\b\f\n\r\tc"`:              "a\"b\\/\b\f\n\r\tc",
		`"\u00e9\ud83d\ude00"`:               "é😀",
		`[]`:                                 []any{},
		`{}`:                                 map[string]any{},
		`[1,[2,{"a":[]}],"x"]`:               []any{1, []any{2, map[string]any{"a": []any{}}}, "x"},
		`{"a":1,"b":{"c":2},"a":3}`:          map[string]any{"a": 3, "b": map[string]any{"c": 2}},
		"{\"a\" :\r\n\t[ 1 , 2 ] }":          map[string]any{"a": []any{1, 2}},
		`"` + strings.Repeat("x", 100) + `"`: strings.Repeat("x", 100),
	} {
		if got, err := decodeWith(src); err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%s: got %#v, %v, want %#v", src, got, err, want)
		}
	}
	for _, src := range []string{`NaN`, `[Infinity]`, `{"logprob":-Infinity}`} {
		if _, err := decodeWith(src); err != nil {
			t.Errorf("%s: %v, but Python writes this", src, err)
		}
	}
}

func TestIndexSaysWhereATextStopsBeingJSON(t *testing.T) {
	for src, want := range map[string]string{
		``:                          "the text ends where a value should stand at byte 0",
		`{"a":1`:                    "the text ends inside an object at byte 6",
		`[1,2`:                      "the text ends inside an array at byte 4",
		`{"a":"b`:                   "the text ends inside a string at byte 7",
		`{"a":"b\`:                  "the text ends inside a string at byte 8",
		`{"a":"b\u12`:               "the text ends inside a string at byte 11",
		`{"a"}`:                     "no colon after a member name at byte 4",
		`{"a":}`:                    "not a JSON value at byte 5",
		`{a:1}`:                     "no member name in an object at byte 1",
		`{"a":1,}`:                  "no member name in an object at byte 7",
		`[1,]`:                      "not a JSON value at byte 3",
		`[1 2]`:                     `unexpected '2' in an array at byte 3`,
		`[1}`:                       `unexpected '}' in an array at byte 2`,
		`{} {}`:                     "something follows the value at byte 3",
		`01`:                        "not a JSON value at byte 0",
		`1.`:                        "a number without decimals after its point at byte 0",
		`1e`:                        "a number without digits in its exponent at byte 0",
		`-`:                         "not a JSON value at byte 0",
		`tru`:                       "not a JSON value at byte 0",
		`"\x"`:                      "an unknown escape in a string at byte 1",
		`"\uD8zz"`:                  "an unknown escape in a string at byte 1",
		"\"a\nb\"":                  "a raw control character in a string at byte 2",
		strings.Repeat("[", 100000): "nesting deeper than 1000 at byte 1000",
	} {
		_, err := decodeWith(src)
		var syntax *SyntaxError
		if !errors.As(err, &syntax) || err.Error() != want {
			t.Errorf("%.20s: got %v, want %s", src, err, want)
		}
	}
}

func TestValuesOfAMissingMemberAnswerForThemselves(t *testing.T) {
	err := WithIndex([]byte(`{"a":{"b":[1]}}`), func(v Value) error {
		if missing := v.Get("a", "x", "y"); missing.Present() || missing.Text() != "" || missing.Length() != 0 || missing.Raw() != nil {
			t.Errorf("got %v", missing)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// FuzzIndex holds the index against encoding/json, which must accept and
// decode alike wherever Python's leniency and U+FFFD play no part.
func FuzzIndex(f *testing.F) {
	for _, seed := range []string{`{"a":[1,-2.5e3,"x\n\u00e9",true,null,{}],"b":{"c":[]}}`, `"\ud83d\ude00"`, `[[[]]]`, ` 0 `, `{"a":1,"a":2}`, `NaN`} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, src []byte) {
		err := WithIndex(src, func(v Value) error {
			printed := AppendJSON(nil, v)
			return WithIndex(printed, func(again Value) error {
				if !sameValue(v.Decode(), again.Decode()) {
					t.Errorf("%q printed as %q reads differently", src, printed)
				}
				return nil
			})
		})
		var std any
		stdErr := json.Unmarshal(src, &std)
		if stdErr == nil && err != nil && !strings.Contains(err.Error(), "nesting") {
			t.Fatalf("%q: encoding/json reads it, the index does not: %v", src, err)
		}
		if err == nil && stdErr != nil && !strings.Contains(string(src), "NaN") && !strings.Contains(string(src), "Infinity") &&
			!strings.Contains(stdErr.Error(), "out of range") && !strings.Contains(stdErr.Error(), "cannot unmarshal number") {
			t.Fatalf("%q: the index reads it, encoding/json does not: %v", src, stdErr)
		}
	})
}

// sameValue compares decoded values; those with a NaN inside equal nothing
// and are let pass.
func sameValue(a, b any) bool {
	_, notFinite := json.Marshal(a)
	return reflect.DeepEqual(a, b) || notFinite != nil
}
