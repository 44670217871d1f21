package task

import "cmp"

// A Command is what a backend starts.
type Command struct {
	Argv  []string `json:"argv"`            // never through a shell
	Env   []Env    `json:"env,omitempty"`   // on top of the environment of the backend
	Dir   string   `json:"dir,omitempty"`   // working directory; empty: the attempt's directory
	Files []File   `json:"files,omitempty"` // written into the attempt's directory before the start
	// Progress is the path, relative to the attempt's directory, of the
	// JSON lines that the trainer appends to as it goes (see launch.Metric);
	// empty where it writes none.
	Progress string `json:"progress,omitempty"`
	// Output is the directory, relative to the attempt's, of checkpoints,
	// results and the model; empty: out.
	Output string `json:"output,omitempty"`
}

// OutputDir is Output, or what it is where it is empty.
func (c Command) OutputDir() string { return cmp.Or(c.Output, "out") }

// A File is written, or linked, into the attempt's directory. Directories in
// its name are made.
type File struct {
	Name    string `json:"name"` // relative, slash separated
	Content string `json:"content,omitempty"`
	Link    string `json:"link,omitempty"` // absolute target; the file is a symbolic link when set
}
