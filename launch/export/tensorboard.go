package export

import (
	"context"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"math"
	"path/filepath"
	"time"

	"google.golang.org/protobuf/encoding/protowire"
)

// writeTensorBoard writes one event file in PLACE/ID. Its name is that of the run,
// so a later export takes its place: two files of one run would be drawn as one
// curve that goes back. A reader knows an event file by "tfevents" in its name
// (tensorboard/backend/event_processing/io_wrapper.py).
func writeTensorBoard(_ context.Context, place string, run Run) (string, error) {
	dir := filepath.Join(place, run.ID)
	data := record(nil, event(run.Created, 0, versionField()))
	for _, r := range run.rows() {
		for _, key := range r.keys() {
			data = record(data, event(r.at, r.step, scalarField(key, r.values[key])))
		}
	}
	name := fmt.Sprintf("events.out.tfevents.%d.trainyard", run.Created.Unix())
	return "tensorboard --logdir " + place, save(dir, name, data)
}

// event is tensorboard's Event: wall_time 1, step 2, and one of its fields.
func event(at time.Time, step int64, what []byte) []byte {
	b := protowire.AppendTag(nil, 1, protowire.Fixed64Type)
	b = protowire.AppendFixed64(b, math.Float64bits(float64(at.UnixNano())/1e9))
	b = protowire.AppendTag(b, 2, protowire.VarintType)
	b = protowire.AppendVarint(b, uint64(step))
	return append(b, what...)
}

// versionField is file_version 3, which the first event of a file has.
func versionField() []byte { return text(nil, 3, "brain.Event:2") }

// scalarField is summary 5 with one value 1: tag 1 and simple_value 2, a float32.
func scalarField(tag string, v float64) []byte {
	value := text(nil, 1, tag)
	value = protowire.AppendTag(value, 2, protowire.Fixed32Type)
	value = protowire.AppendFixed32(value, math.Float32bits(float32(v)))
	return message(nil, 5, message(nil, 1, value))
}

func text(b []byte, field protowire.Number, s string) []byte {
	return protowire.AppendString(protowire.AppendTag(b, field, protowire.BytesType), s)
}

func message(b []byte, field protowire.Number, m []byte) []byte {
	return protowire.AppendBytes(protowire.AppendTag(b, field, protowire.BytesType), m)
}

func integer(b []byte, field protowire.Number, v int64) []byte {
	return protowire.AppendVarint(protowire.AppendTag(b, field, protowire.VarintType), uint64(v))
}

// record is the framing of TFRecord: length, its checksum, data, its checksum. The
// sums are of Castagnoli's polynomial, rotated and shifted by a constant.
func record(b, data []byte) []byte {
	b = binary.LittleEndian.AppendUint64(b, uint64(len(data)))
	b = binary.LittleEndian.AppendUint32(b, masked(b[len(b)-8:]))
	b = append(b, data...)
	return binary.LittleEndian.AppendUint32(b, masked(data))
}

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

func masked(data []byte) uint32 {
	sum := crc32.Checksum(data, castagnoli)
	return (sum>>15 | sum<<17) + 0xa282ead8
}
