package evidence

// WhereNames say what an expression of accept: {where: …} can name besides
// the record's own members, which it shadows.
var WhereNames = map[string]string{
	"features":    "features.NAME is one measure of the agent's behaviour (trainyard list features)",
	"flags":       `list of the flags raised, for "loop" in flags (trainyard list flags); those set while mixing are not among them`,
	"instance_id": "text: the instance; empty where the record names none",
	"n_steps":     "number of assistant messages",
	"repo":        "text: owner/name; empty where unknown",
	"teacher":     "text: the model that acted; empty where unknown",
}
