package dialect

import (
	"trainyard/format"
	"trainyard/format/pyjson"
)

// swestar reads SWE-Star rows, which hold a trajectory twice as JSON text:
// full, and stitched.
var swestar = Dialect{
	Name:    "swe-star",
	Summary: "SWE-Star rows: the trajectory as JSON text in full (read where present) and stitched",
	Limits:  "stitched is read only where full is missing: both are the same run",
	claim: func(_ format.Record, v pyjson.Value) claim {
		if v.Get("stitched").Present() && v.Get("instance_id").Present() {
			return byShape
		}
		return notMine
	},
	parse: func(_ format.Record, v pyjson.Value) (*format.Trajectory, error) {
		list := v.Get("full")
		if !list.Present() {
			list = v.Get("stitched")
		}
		return rowOf(v, list)
	},
}
