package dialect

import (
	"trainyard/format"
	"trainyard/format/pyjson"
)

// swezero reads NVIDIA's SWE-Zero rows: messages under trajectory, results
// paired with calls by position.
var swezero = Dialect{
	Name:    "swe-zero",
	Summary: "nvidia SWE-Zero rows: trajectory, model_patch, license and dataset",
	claim: func(_ format.Record, v pyjson.Value) claim {
		if v.Get("trajectory").Present() && v.Get("license").Present() && v.Get("dataset").Present() && v.Get("trajectory_id").Present() {
			return byMarker
		}
		return notMine
	},
	parse: func(_ format.Record, v pyjson.Value) (*format.Trajectory, error) {
		return rowOf(v, v.Get("trajectory"))
	},
}
