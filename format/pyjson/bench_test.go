package pyjson

import "testing"

func BenchmarkPythonJSON(b *testing.B) {
	in := []byte(`{"command": "grep -rn \"def area\" --include=*.py .\nsed -n 1,40p geometry/shapes.py", "timeout": 30.0, "is_input": false}`)
	var out []byte
	b.SetBytes(int64(len(in)))
	b.ReportAllocs()
	for b.Loop() {
		out, _ = PythonJSON(out[:0], in)
	}
}
