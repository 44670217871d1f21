package recipes

import (
	"fmt"
	"strings"

	"trainyard/tokenize/chat"
)

// checkTemplate refuses a template that nothing says belongs to the model, and
// one that belongs to another. A family's base and instruct templates differ
// in the default system prompt alone; chatml goes with any model that is still
// to learn a template.
func checkTemplate(r *Recipe, root *node, faults *Faults) {
	model := root.get("model")
	base, own := r.Model.Base, chat.ForCheckpoint(r.Model.Base)
	known := strings.Join(words["model.template"], ", ")
	switch {
	case base == "":
	case model.get("template") == nil && own == "":
		faults.add(place(model, "base", root), "model.base", fmt.Sprintf("%s: its chat template is not known", seen(base)),
			"name the one to train with: model.template, of "+known)
	case own != "" && r.Model.Template != "chatml" && strings.TrimSuffix(own, "-base") != strings.TrimSuffix(r.Model.Template, "-base"):
		faults.add(place(model, "template", root), "model.template", fmt.Sprintf("%s is not the template of %s", r.Model.Template, seen(base)),
			"write "+own+", or leave it out")
	}
}
