package pyjson

import (
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"unicode/utf8"
)

func TestJSONIsPrintedAsPythonDoes(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{`{"b":1,"a":[true,null,{}]}`, `{"b": 1, "a": [true, null, {}]}`},
		{` { } `, `{}`},
		{`[ ]`, `[]`},
		{`{"a":1,"b":2,"a":{"c":3}}`, `{"a": {"c": 3}, "b": 2}`},
		{`{"a":{"long":"value"},"b":2,"a":1,"b":3,"c":4}`, `{"a": 1, "b": 3, "c": 4}`},
		{`[{"a":{"x":1,"x":2},"a":[{"y":1,"y":{"z":5,"z":6}}]}]`, `[{"a": [{"y": {"z": 6}}]}]`},
		{`"<b>&\u003c\/"`, `"<b>&</"`},
		{`"\u2028é\u00e9\ud83d\ude00"`, "\"\u2028éé😀\""},
		{`"\ud800 \udc00\ud800\ud83d\ude00"`, "\"\ufffd \ufffd\ufffd😀\""},
		{`"\u0000\u001F\u007f\b\f\n\r\t\"\\"`, "\"\\u0000\\u001f\x7f\\b\\f\\n\\r\\t\\\"\\\\\""},
		{`1`, `1`},
		{`-0`, `0`},
		{`-0.0`, `-0.0`},
		{`123456789012345678901234567890`, `123456789012345678901234567890`},
		{`1.0`, `1.0`},
		{`1.50`, `1.5`},
		{`1e5`, `100000.0`},
		{`1E-5`, `1e-05`},
		{`0.0001`, `0.0001`},
		{`1e15`, `1000000000000000.0`},
		{`9999999999999998.0`, `9999999999999998.0`},
		{`1e16`, `1e+16`},
		{`1.25e300`, `1.25e+300`},
		{`5e-324`, `5e-324`},
		{`1e-400`, `0.0`},
		{`1e400`, `Infinity`},
		{`-1e400`, `-Infinity`},
	} {
		if got, err := PythonJSON(nil, []byte(c.in)); err != nil || string(got) != c.want {
			t.Errorf("%s prints %s, expected %s: %v", c.in, got, c.want, err)
		}
	}
}

// Objects of many keys go through an index.
func TestAKeyGivenTwiceKeepsItsPlaceInLargeObjects(t *testing.T) {
	var in, want strings.Builder
	for i := range 100 {
		fmt.Fprintf(&in, `"k%d":%d,`, i, i)
		fmt.Fprintf(&want, `"k%d": %d, `, i, i+1000)
	}
	for i := range 100 {
		fmt.Fprintf(&in, `"k%d":%d,`, i, i+1000)
	}
	got, err := PythonJSON(nil, []byte("{"+strings.TrimSuffix(in.String(), ",")+"}"))
	if err != nil || string(got) != "{"+strings.TrimSuffix(want.String(), ", ")+"}" {
		t.Errorf("printed %s", got)
	}
}

func TestElementsAreTheValuesOfAnArray(t *testing.T) {
	list, err := ElementsOf(json.RawMessage(` [ {"a":"]}"} ,"x,\"" , [1, 2],3 ,null]`))
	var got []string
	for _, e := range list {
		got = append(got, string(e))
	}
	if want := []string{`{"a":"]}"}`, `"x,\""`, `[1, 2]`, `3`, `null`}; err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("%q, expected %q: %v", got, want, err)
	}
}

// What is printed says the same as what came in, and printing it again
// changes nothing.
func FuzzPrintedJSONSaysTheSame(f *testing.F) {
	for _, s := range []string{`{"a":1,"a":[1e5,-0]}`, `"\ud800\u0041"`, `[[],{},"é"]`, `{"a":{"b":1,"b":2},"\u0061":3}`} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, in []byte) {
		var before, after any
		// Of what is not UTF-8, encoding/json replaces each byte, Python each part.
		if !utf8.Valid(in) || !json.Valid(in) || json.Unmarshal(in, &before) != nil {
			t.Skip()
		}
		once, err := PythonJSON(nil, in)
		if err != nil {
			t.Skip() // deeper than is read
		}
		if err := json.Unmarshal(once, &after); err != nil {
			t.Fatalf("%q prints %q: %v", in, once, err)
		}
		if !reflect.DeepEqual(before, after) {
			t.Errorf("%q says %v, printed %q says %v", in, before, once, after)
		}
		if twice, err := PythonJSON(nil, once); err != nil || string(twice) != string(once) {
			t.Errorf("%q prints %q, then %q", in, once, twice)
		}
	})
}
