package launch

import "cmp"

// A Trainer turns a job into a command. It is a value without state: the same
// job and site always render the same command.
type Trainer interface {
	// Name is the key of the registry.
	Name() string
	// Summary says in one line when to choose it.
	Summary() string
	// Check reports whether the programs it needs are found, with the way out
	// in the error. lookPath is exec.LookPath on the machine that will run.
	Check(job Job, lookPath func(program string) (string, error)) error
	// Render gives the command, or every fault of the job's parameters.
	Render(job Job, site Site) (Command, error)
}

// A Site is where a command will run.
type Site struct {
	Dir  string // the attempt's directory, absolute, empty until started
	Self string // path of the trainyard program there
	// Resume is the path, on that machine, of the checkpoint directory to go on
	// from, such as …/out/checkpoint-150; empty for none. A trainer that cannot go
	// on from one refuses it.
	Resume string
}

// A Command is what a backend starts.
type Command struct {
	Argv  []string `json:"argv"`            // never through a shell
	Env   []Env    `json:"env,omitempty"`   // on top of the environment of the backend
	Dir   string   `json:"dir,omitempty"`   // working directory; empty: the attempt's directory
	Files []File   `json:"files,omitempty"` // written into the attempt's directory before the start
	// Progress is the path, relative to the attempt's directory, of the
	// JSON lines that the trainer appends to as it goes (see [ParseMetric]);
	// empty where it writes none.
	Progress string `json:"progress,omitempty"`
	// Output is the directory, relative to the attempt's, of checkpoints,
	// results and the model; empty: out.
	Output string `json:"output,omitempty"`
}

func (c Command) output() string { return cmp.Or(c.Output, "out") }

// A File is written, or linked, into the attempt's directory. Directories in
// its name are made.
type File struct {
	Name    string `json:"name"` // relative, slash separated
	Content string `json:"content,omitempty"`
	Link    string `json:"link,omitempty"` // absolute target; the file is a symbolic link when set
}
