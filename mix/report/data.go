package report

import (
	"trainyard/format/behaviour"
	"trainyard/mix"
)

// Data is what a report says of one dataset or several, side by side.
type Data struct {
	Datasets []Dataset `json:"datasets"`
}

// A Dataset is one of them. What the manifest says stands in it as it is.
type Dataset struct {
	Dir      string        `json:"dir"` // as the caller spelled it
	Name     string        `json:"name"`
	Manifest *mix.Manifest `json:"manifest"`
	Whole    Part          `json:"whole"`
	Sources  []Part        `json:"sources"` // in the order of the manifest
	Examples []Example     `json:"examples"`
}

// rows is how many rows the shards hold on both sides.
func (d *Dataset) rows() int64 {
	return d.Manifest.Totals.Train.Rows + d.Manifest.Totals.Validation.Rows
}

// unit is what lengths are told of: rows where they say which trajectory they
// are of, else trajectories.
func (d *Dataset) unit() (one, many string) {
	if d.Whole.Content == nil {
		return "trajectory", "trajectories"
	}
	return "row", "rows"
}

// A Part is a source, or the whole: what the rows of the shards hold. A
// trajectory is a record that was chosen: it is several rows where it was split,
// and of packed rows one holds several.
type Part struct {
	Name         string  `json:"name"`
	Trajectories int64   `json:"trajectories"` // records that are in shards, on both sides
	Train        int64   `json:"train"`        // of them, on that side
	Validation   int64   `json:"validation"`   // likewise
	Tokens       Measure `json:"tokens"`       // of each row; without Content of each trajectory
	// InShards is what the shards hold of it on both sides, as the manifest counts
	// it: what is repeated counts each time.
	InShards mix.Size `json:"in_shards"`

	// Content is what only rows of conversations tell; nil where the rows are
	// tokens, which have neither text nor side columns.
	Content *Content `json:"content"`

	Images    int      `json:"images"`     // container images to set all instances up; 0 is unknown
	SetupCost *float64 `json:"setup_cost"` // US cents for each instance; nil is unknown
	Bills     []Bill   `json:"bills"`      // by teacher, of the records that tell a cost

	Funnel   mix.Funnel                `json:"funnel"`
	Outcomes map[mix.Outcome]mix.Count `json:"outcomes"`
	Reasons  map[string]int64          `json:"reasons"`
	Notes    map[string]int64          `json:"notes"`
	Flags    map[string]int64          `json:"flags,omitempty"` // only where the recipe has them counted
	Warnings map[string]int64          `json:"warnings,omitempty"`

	Retention  []Retained `json:"retention"`
	Principles []Verdict  `json:"principles"`
}

// Content is what the conversations of a part hold.
type Content struct {
	Instances    int64           `json:"instances"`    // different names; rows without one are none
	Repositories int64           `json:"repositories"` // different ones, however they are spelled
	Unnamed      int64           `json:"unnamed"`      // rows without a repository
	Tokens       Measure         `json:"-"`            // stands in the part
	Trained      Measure         `json:"trained_tokens"`
	Steps        Measure         `json:"steps"`    // assistant messages
	Messages     Measure         `json:"messages"` // all of them: what the paper calls agent steps
	Behaviour    behaviour.Tally `json:"behaviour"`
	Teachers     []Teacher       `json:"teachers"` // most rows first
}

// A Teacher is a model that acted in some rows; "" is an unknown one.
type Teacher struct {
	Name      string `json:"name"`
	Rows      int64  `json:"rows"`
	Instances int64  `json:"instances"`
	Tokens    int64  `json:"tokens"`
}

// A Bill is what one teacher's records cost, as far as they tell.
type Bill struct {
	Teacher string `json:"teacher"`
	mix.Bill
}

// Retained says what a window would keep of the unique records of a part, which
// were all tokenised.
type Retained struct {
	Window  int   `json:"window"`
	Records int64 `json:"records"`
	Tokens  int64 `json:"tokens"`
	Of      int64 `json:"of"` // unique records
}

// An Example is one conversation, cut and cleaned for showing.
type Example struct {
	Source     string    `json:"source"`
	TrajID     string    `json:"traj_id"`
	InstanceID string    `json:"instance_id"`
	Repo       string    `json:"repo"`
	Teacher    string    `json:"teacher"`
	Tokens     int32     `json:"tokens"`
	Steps      int32     `json:"steps"`
	Messages   []Message `json:"messages"`
	LeftOut    int       `json:"messages_left_out"` // in the middle, where CutAt says
	CutAt      int       `json:"cut_at"`            // index into Messages before which they stood
	Redacted   int       `json:"redacted"`          // shapes of credentials
}

// A Message is one turn of an example.
type Message struct {
	Number  int    `json:"number"` // from 1, in the whole conversation
	Role    string `json:"role"`
	Learned bool   `json:"learned"` // it is inside the loss
	Text    string `json:"text"`
	LeftOut int    `json:"characters_left_out"` // in the middle of Text
}
