package export

import (
	"context"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"hash/crc32"
	"maps"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"google.golang.org/protobuf/encoding/protowire"
)

// writeWandB writes the offline directory of one run. Its id there is made of the
// run's, so a sync after a later export updates the same run. Steps only grow in a
// run's curve, which W&B demands: it drops a step that goes back.
func writeWandB(_ context.Context, place string, run Run) (string, error) {
	id := wandbID.ReplaceAllString(run.ID, "-")
	dir := filepath.Join(place, "wandb", fmt.Sprintf("offline-run-%s-%s", run.Created.UTC().Format("20060102_150405"), id))
	log := newWandBLog()
	log.add(21, message(nil, 1, text(text(nil, 1, "trainyard"), 2, "0.70.0"))) // header: producer, oldest reader
	log.add(17, wandbRun(run, id))
	rows := run.rows()
	for _, r := range rows {
		log.add(2, wandbHistory(run, r))
	}
	log.add(3, wandbSummary(rows))
	if !run.Ended.IsZero() {
		log.add(18, integer(integer(nil, 1, exitCode(run.State)), 2, int64(run.Ended.Sub(run.Created).Seconds())))
	}
	return "wandb sync " + dir, save(dir, "run-"+id+".wandb", log.bytes)
}

// wandbID is what an id may not have.
var wandbID = regexp.MustCompile(`[^A-Za-z0-9_-]`)

func exitCode(state string) int64 {
	if state == "succeeded" {
		return 0
	}
	return 1
}

// wandbRun is RunRecord: run_id 1, project 3, config 4, display_name 8, tags 10,
// start_time 17.
func wandbRun(run Run, id string) []byte {
	b := text(text(nil, 1, id), 3, run.project())
	b = message(b, 4, wandbConfig(run))
	b = text(b, 8, run.Name)
	for _, tag := range slices.Sorted(maps.Keys(run.Tags)) {
		if words := tag + ": " + run.Tags[tag]; len(words) <= 64 { // W&B takes no longer tag
			b = text(b, 10, words)
		}
	}
	return message(b, 17, integer(integer(nil, 1, run.Created.Unix()), 2, int64(run.Created.Nanosecond())))
}

// wandbConfig is ConfigRecord: update 1 of items with key 1 and value_json 16.
func wandbConfig(run Run) (config []byte) {
	add := func(key string, value any) {
		config = message(config, 1, text(text(nil, 1, key), 16, jsonText(value)))
	}
	for _, key := range slices.Sorted(maps.Keys(run.Params)) {
		add(key, run.Params[key])
	}
	add("trainyard_run", run.ID)
	return config
}

// wandbHistory is HistoryRecord: items 1 with key 1 and value_json 16, step 2 with
// num 1.
func wandbHistory(run Run, r row) (b []byte) {
	for _, item := range wandbItems(run, r) {
		b = message(b, 1, item)
	}
	return message(b, 2, integer(nil, 1, r.step))
}

func wandbItems(run Run, r row) (items [][]byte) {
	add := func(key, value string) { items = append(items, text(text(nil, 1, key), 16, value)) }
	for _, key := range r.keys() {
		if !strings.HasPrefix(key, "_") {
			add(key, wandbNumber(r.values[key]))
		}
	}
	add("_step", fmt.Sprint(r.step))
	add("_timestamp", wandbNumber(float64(r.at.UnixNano())/1e9))
	add("_runtime", wandbNumber(r.at.Sub(run.Created).Seconds()))
	return items
}

// wandbSummary is SummaryRecord: the newest value of every key, update 1.
func wandbSummary(rows []row) (b []byte) {
	newest := map[string]float64{}
	for _, r := range rows {
		maps.Copy(newest, r.values)
	}
	for _, key := range slices.Sorted(maps.Keys(newest)) {
		b = message(b, 1, text(text(nil, 1, key), 16, wandbNumber(newest[key])))
	}
	return b
}

// wandbNumber is JSON as Python writes it: NaN and Infinity are bare words.
func wandbNumber(v float64) string {
	if word, ok := number(v).(string); ok {
		return word
	}
	return jsonText(v)
}

func jsonText(v any) string {
	data, err := json.Marshal(v)
	if err != nil {
		panic("export: " + err.Error()) // strings and finite numbers always have a JSON text
	}
	return string(data)
}

// A wandbLog is LevelDB's log format: blocks of 32 KiB, records cut into chunks with
// a header of checksum, length and type. The sum is of the IEEE polynomial over type
// and data, unlike LevelDB's (seen in files of wandb 0.31).
type wandbLog struct {
	bytes   []byte
	records int64
}

const (
	wandbBlock  = 32 << 10
	wandbHeader = 7
)

func newWandBLog() *wandbLog {
	return &wandbLog{bytes: []byte{':', 'W', '&', 'B', 0xe1, 0xbe, 0}} // name, magic, version
}

// add appends a Record: num 1 and one field with the message.
func (l *wandbLog) add(field protowire.Number, m []byte) {
	l.records++
	l.append(message(integer(nil, 1, l.records), field, m))
}

func (l *wandbLog) append(data []byte) {
	for first := true; first || len(data) > 0; first = false {
		room := wandbBlock - len(l.bytes)%wandbBlock
		if room < wandbHeader {
			l.bytes = append(l.bytes, make([]byte, room)...)
			room = wandbBlock
		}
		n := min(len(data), room-wandbHeader)
		l.chunk(chunkType(first, n == len(data)), data[:n])
		data = data[n:]
	}
}

// chunkType is 1 for a whole record, 2, 3 and 4 for its first, middle and last part.
func chunkType(first, last bool) byte {
	switch {
	case first && last:
		return 1
	case first:
		return 2
	case last:
		return 4
	}
	return 3
}

func (l *wandbLog) chunk(kind byte, data []byte) {
	sum := crc32.Update(crc32.ChecksumIEEE([]byte{kind}), crc32.IEEETable, data)
	l.bytes = binary.LittleEndian.AppendUint32(l.bytes, sum)
	l.bytes = binary.LittleEndian.AppendUint16(l.bytes, uint16(len(data)))
	l.bytes = append(append(l.bytes, kind), data...)
}
