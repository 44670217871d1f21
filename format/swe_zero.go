package format

// swezero reads NVIDIA's SWE-Zero rows: messages under trajectory, results
// paired with calls by position.
var swezero = Dialect{
	Name:    "swe-zero",
	Summary: "nvidia SWE-Zero rows: trajectory, model_patch, license and dataset",
	claim: func(_ Record, v value) claim {
		if v.get("trajectory").present() && v.get("license").present() && v.get("dataset").present() && v.get("trajectory_id").present() {
			return byMarker
		}
		return notMine
	},
	parse: func(_ Record, v value) (*Trajectory, error) { return rowOf(v, v.get("trajectory")) },
}
