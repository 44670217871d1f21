package pyjson

import (
	"strings"
	"testing"
)

func TestPythonLiteralsBecomeJSON(t *testing.T) {
	for literal, want := range map[string]string{
		`[]`:                                 `[]`,
		`{}`:                                 `{}`,
		` [ 1 , -2.5e3 , (3,) ] `:            `[1,-2.5e3,[3]]`,
		`{'a': True, "b": False, 'c': None}`: `{"a":true,"b":false,"c":null}`,
		`[nan, inf, -inf]`:                   `[NaN,Infinity,-Infinity]`,
		`"it's"`:                             `"it's"`,
		`'say "hi"'`:                         `"say \"hi\""`,
		`'it\'s \\ \n\t\x41\u00e9\U0001f600\101'`: `"it's \\ \n\tAé😀A"`,
		`'\ud800'`: `"` + "\uFFFD" + `"`,
		`'\x00'`:   `"\u0000"`,
		`[1, 2,]`:  `[1,2]`,
	} {
		got, err := PythonToJSON(literal)
		if err != nil || string(got) != want {
			t.Errorf("%s: got %s, %v, want %s", literal, got, err, want)
		}
	}
	for literal, want := range map[string]string{
		``:                        `"" is no literal`,
		`[1`:                      "no comma between two items",
		`{1: 2}`:                  "a key that is no string",
		`{'a'}`:                   "no colon after a key",
		`'abc`:                    "the text ends inside a string",
		`'\N{BULLET}'`:            "an escape that repr() does not write",
		`array([1, 2])`:           `"array" is no literal`,
		`[1] 2`:                   "something follows the value",
		`_1`:                      `"_1" is no literal`,
		strings.Repeat("[", 5000): "nesting deeper than 1000",
	} {
		if _, err := PythonToJSON(literal); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%.20s: got %v, want %s", literal, err, want)
		}
	}
}

func TestValuesPrintAsPythonPrintsThem(t *testing.T) {
	for json, want := range map[string]string{
		`"text"`: "text", `["a.py","it's","say \"it's\""]`: `['a.py', "it's", 'say "it\'s"']`,
		`true`: "True", `false`: "False", `null`: "None",
		`{"a":1,"b":[true,null]}`: "{'a': 1, 'b': [True, None]}", `{"a":1,"b":2,"a":3}`: "{'a': 3, 'b': 2}",
		`1`: "1", `-0`: "0", `-0.0`: "-0.0", `30.0`: "30.0", `1e2`: "100.0", `1.50`: "1.5",
		`1e-05`: "1e-05", `0.0001`: "0.0001", `0.00012345`: "0.00012345", `1e16`: "1e+16", `1e15`: "1000000000000000.0",
		`123456789012345678901234567890`: "123456789012345678901234567890", `1e400`: "inf", `NaN`: "nan", `-Infinity`: "-inf",
		`["\u0000\u001b\u007f\u00a0\u00ad\u2028\ue000é😀\\"]`: `['\x00\x1b\x7f\xa0\xad\u2028\ue000é😀\\']`,
	} {
		err := WithIndex([]byte(json), func(v Value) error {
			if got := string(AppendStr(nil, v)); got != want {
				t.Errorf("%s: got %s, want %s", json, got, want)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}

// FuzzPythonLiteral: what the parser makes of any text is JSON, and printing
// that as Python prints it gives a literal of the same value.
func FuzzPythonLiteral(f *testing.F) {
	for _, seed := range []string{`[{'role': 'user', 'content': "it's", 'n': None}]`, `('\x41\u00e9', -1.5e-7, True)`, `{'a': {'b': [nan]}}`} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, literal string) {
		raw, err := PythonToJSON(literal)
		if err != nil {
			return
		}
		var printed string
		err = WithIndex(raw, func(v Value) error {
			printed = string(reprNotation.append(nil, v))
			return nil
		})
		if err != nil {
			t.Fatalf("%q became %q, which is not JSON: %v", literal, raw, err)
		}
		again, err := PythonToJSON(printed)
		if err != nil {
			t.Fatalf("%q printed as %q, which is no literal: %v", literal, printed, err)
		}
		var reprinted string
		if err := WithIndex(again, func(v Value) error { reprinted = string(reprNotation.append(nil, v)); return nil }); err != nil || reprinted != printed {
			t.Fatalf("%q printed as %q, then as %q (%v)", literal, printed, reprinted, err)
		}
	})
}
