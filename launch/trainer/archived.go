package trainer

// Archived are trainers that are asked for by name and have no adapter, because
// their makers have given them up, with what to use instead.
var Archived = map[string]string{
	"torchtune": "its makers archived it (meta-pytorch/torchtune, issue 2883): trl, axolotl and nemo-automodel train the same models; a copy of your own runs by --trainer command",
}
