package export

import (
	"bytes"
	"context"
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"trainyard/format/durable"
	"trainyard/launch/sheet"
)

// number is a value as JSON has it: NaN and infinities as the words that Python
// reads back with float().
func number(v float64) any {
	switch {
	case math.IsNaN(v):
		return "NaN"
	case math.IsInf(v, 1):
		return "Infinity"
	case math.IsInf(v, -1):
		return "-Infinity"
	}
	return v
}

// save replaces a file below the place, whole.
func save(place, name string, data []byte) error {
	if err := os.MkdirAll(place, 0o755); err != nil {
		return err
	}
	return durable.Write(filepath.Join(place, name), "", 0o644, durable.Bytes(data))
}

// writeJSONL writes ID.jsonl: {"step", "time", key: value …} per line.
func writeJSONL(_ context.Context, place string, run Run) (string, error) {
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	for _, r := range run.rows() {
		line := map[string]any{"step": r.step, "time": r.at.UTC().Format(time.RFC3339Nano)}
		for key, v := range r.values {
			if _, taken := line[key]; !taken {
				line[key] = number(v)
			}
		}
		if err := encoder.Encode(line); err != nil {
			return "", err
		}
	}
	return "", save(place, run.ID+".jsonl", out.Bytes())
}

// writeCSV writes ID.csv; a key that was not told at a step is empty there.
func writeCSV(_ context.Context, place string, run Run) (string, error) {
	var out bytes.Buffer
	table := sheet.NewWriter(&out)
	keys := run.keys()
	if err := table.Write(append([]string{"step", "time"}, keys...)); err != nil {
		return "", err
	}
	for _, r := range run.rows() {
		cells := []string{strconv.FormatInt(r.step, 10), r.at.UTC().Format(time.RFC3339Nano)}
		for _, key := range keys {
			cells = append(cells, cell(r.values, key))
		}
		if err := table.Write(cells); err != nil {
			return "", err
		}
	}
	if err := table.Flush(); err != nil {
		return "", err
	}
	return "", save(place, run.ID+".csv", out.Bytes())
}

func cell(values map[string]float64, key string) string {
	v, told := values[key]
	if !told {
		return ""
	}
	return strconv.FormatFloat(v, 'g', -1, 64)
}
