package smoke

import (
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"slices"
)

// A tensor is a named table of 32-bit floats that a file holds, row by row.
// Rows alias the model's memory: writing reads it, reading fills it.
type tensor struct {
	name string
	rows [][]float32
	flat bool // one dimension: a single row
}

func column(name string, numbers []float32) tensor {
	return tensor{name, [][]float32{numbers}, true}
}

func table(name string, vectors []vector) tensor {
	t := tensor{name: name}
	for i := range vectors {
		t.rows = append(t.rows, vectors[i][:])
	}
	return t
}

func (t tensor) shape() []int {
	if t.flat {
		return []int{len(t.rows[0])}
	}
	return []int{len(t.rows), dim}
}

func (t tensor) size() (bytes int) {
	for _, r := range t.rows {
		bytes += 4 * len(r)
	}
	return bytes
}

// A tensorInfo is a tensor in the header of a safetensors file
// (huggingface/safetensors, README "Format").
type tensorInfo struct {
	DType   string `json:"dtype"`
	Shape   []int  `json:"shape"`
	Offsets [2]int `json:"data_offsets"`
}

func header(tensors []tensor) map[string]tensorInfo {
	h := make(map[string]tensorInfo)
	at := 0
	for _, t := range tensors {
		h[t.name] = tensorInfo{"F32", t.shape(), [2]int{at, at + t.size()}}
		at += t.size()
	}
	return h
}

// writeTensors writes a safetensors file: an 8-byte length, a JSON header of
// that length, the numbers.
func writeTensors(w io.Writer, tensors []tensor) error {
	head, err := json.Marshal(header(tensors))
	if err != nil {
		return err
	}
	buf := binary.LittleEndian.AppendUint64(nil, uint64(len(head)))
	buf = append(buf, head...)
	for _, t := range tensors {
		for _, row := range t.rows {
			for _, x := range row {
				buf = binary.LittleEndian.AppendUint32(buf, math.Float32bits(x))
			}
			if _, err := w.Write(buf); err != nil {
				return err
			}
			buf = buf[:0]
		}
	}
	return nil
}

// readTensors fills tensors from a file that writeTensors made of tensors of
// the same names and shapes.
func readTensors(r io.Reader, tensors []tensor) error {
	want := header(tensors)
	var length uint64
	if err := binary.Read(r, binary.LittleEndian, &length); err != nil {
		return err
	}
	if length > 1<<20 {
		return fmt.Errorf("header of %d bytes: not a safetensors file", length)
	}
	var got map[string]tensorInfo
	head := make([]byte, length)
	if _, err := io.ReadFull(r, head); err != nil {
		return err
	}
	if err := json.Unmarshal(head, &got); err != nil {
		return fmt.Errorf("header: %w", err)
	}
	for name, w := range want {
		if g := got[name]; g.DType != w.DType || g.Offsets != w.Offsets || !slices.Equal(g.Shape, w.Shape) {
			return fmt.Errorf("tensor %s is %s%v, this run's is %s%v", name, g.DType, g.Shape, w.DType, w.Shape)
		}
	}
	return fill(r, tensors)
}

func fill(r io.Reader, tensors []tensor) error {
	var buf []byte
	for _, t := range tensors {
		for _, row := range t.rows {
			buf = slices.Grow(buf[:0], 4*len(row))[:4*len(row)]
			if _, err := io.ReadFull(r, buf); err != nil {
				return fmt.Errorf("tensor %s: %w", t.name, err)
			}
			for i := range row {
				row[i] = math.Float32frombits(binary.LittleEndian.Uint32(buf[4*i:]))
			}
		}
	}
	return nil
}

// weights are what predicts; sums are what learning on needs besides.
func (m *model) weights() []tensor {
	return []tensor{
		table("embed", m.embed), table("place", m.place[:]), table("node", m.node), column("bias", m.bias),
	}
}

func (m *model) sums() []tensor {
	return []tensor{
		column("embed_sum", m.embedSum), column("place_sum", m.placeSum[:]),
		column("node_sum", m.nodeSum), column("bias_sum", m.biasSum),
	}
}
