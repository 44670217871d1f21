package smoke

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"slices"
	"strings"
	"testing"
)

func TestTensorsReadBackAsWritten(t *testing.T) {
	m := fit(uniform(300, 20, 1), 30, 1, 0.3)
	var file bytes.Buffer
	if err := writeTensors(&file, m.weights()); err != nil {
		t.Fatal(err)
	}
	n := blankModel(m.words, m.counts)
	if err := readTensors(bytes.NewReader(file.Bytes()), n.weights()); err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(m.embed, n.embed) || m.place != n.place || !slices.Equal(m.node, n.node) || !slices.Equal(m.bias, n.bias) {
		t.Error("a tensor changed")
	}
}

// TestTensorFileIsSafetensors reads the header by the format's own rules.
func TestTensorFileIsSafetensors(t *testing.T) {
	m := fit(uniform(300, 20, 1), 30, 0, 0)
	var file bytes.Buffer
	if err := writeTensors(&file, m.weights()); err != nil {
		t.Fatal(err)
	}
	length := binary.LittleEndian.Uint64(file.Bytes())
	var head map[string]struct {
		DType   string `json:"dtype"`
		Shape   []int  `json:"shape"`
		Offsets []int  `json:"data_offsets"`
	}
	if err := json.Unmarshal(file.Bytes()[8:8+length], &head); err != nil {
		t.Fatal(err)
	}
	embed := head["embed"]
	if embed.DType != "F32" || !slices.Equal(embed.Shape, []int{21, dim}) || !slices.Equal(embed.Offsets, []int{0, 21 * dim * 4}) {
		t.Errorf("embed is %+v", embed)
	}
	if end := head["bias"].Offsets[1]; 8+int(length)+end != file.Len() {
		t.Errorf("the last tensor ends at %d of %d bytes", 8+int(length)+end, file.Len())
	}
}

func TestTensorsOfAnotherShapeAreRefused(t *testing.T) {
	var file bytes.Buffer
	if err := writeTensors(&file, fit(uniform(300, 20, 1), 30, 0, 0).weights()); err != nil {
		t.Fatal(err)
	}
	other := fit(uniform(300, 25, 1), 30, 0, 0)
	if err := readTensors(&file, other.weights()); err == nil || !strings.Contains(err.Error(), "this run's is") {
		t.Errorf("got %v", err)
	}
}
