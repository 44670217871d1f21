package launch

import (
	"bytes"
	"encoding/json"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"
)

// A Figure is a number whose JSON form has words for what JSON lacks: "NaN",
// "Infinity", "-Infinity".
type Figure float64

// MarshalJSON writes a number, or one of the three words.
func (f Figure) MarshalJSON() ([]byte, error) {
	if v := float64(f); !math.IsNaN(v) && !math.IsInf(v, 0) {
		return strconv.AppendFloat(nil, v, 'g', -1, 64), nil
	}
	return []byte(`"` + f.String() + `"`), nil
}

// String writes a number, or one of the three words.
func (f Figure) String() string {
	v := float64(f)
	switch {
	case math.IsInf(v, 1):
		return "Infinity"
	case math.IsInf(v, -1):
		return "-Infinity"
	}
	return strconv.FormatFloat(v, 'g', -1, 64)
}

// UnmarshalJSON reads what MarshalJSON wrote.
func (f *Figure) UnmarshalJSON(data []byte) error {
	v, err := strconv.ParseFloat(strings.Trim(string(data), `"`), 64)
	*f = Figure(v)
	return err
}

// Finite reports whether it is a number.
func (f Figure) Finite() bool { return !math.IsNaN(float64(f)) && !math.IsInf(float64(f), 0) }

// A Named is a figure under the key that its trainer gave it.
type Named struct {
	Key   string
	Value Figure
}

// Figures are the figures of one line, in its order. In JSON they are an object.
type Figures []Named

// Of returns the figure of a key; where a line has it twice, the last.
func (f Figures) Of(key string) (v Figure, ok bool) {
	for i := len(f) - 1; i >= 0; i-- {
		if f[i].Key == key {
			return f[i].Value, true
		}
	}
	return 0, false
}

// MarshalJSON writes an object in the order of the figures.
func (f Figures) MarshalJSON() ([]byte, error) {
	var b bytes.Buffer
	b.WriteByte('{')
	for i, n := range f {
		if i > 0 {
			b.WriteByte(',')
		}
		key, err := json.Marshal(n.Key)
		if err != nil {
			return nil, err
		}
		value, err := n.Value.MarshalJSON()
		if err != nil {
			return nil, err
		}
		b.Write(key)
		b.WriteByte(':')
		b.Write(value)
	}
	b.WriteByte('}')
	return b.Bytes(), nil
}

// UnmarshalJSON reads an object, its keys in their order.
func (f *Figures) UnmarshalJSON(data []byte) error {
	var all map[string]Figure
	if err := json.Unmarshal(data, &all); err != nil {
		return err
	}
	*f = (*f)[:0]
	for _, key := range slices.Sorted(maps.Keys(all)) {
		*f = append(*f, Named{key, all[key]})
	}
	return nil
}
