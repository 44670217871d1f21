package container

import (
	"github.com/parquet-go/parquet-go"

	"trainyard/format/pyjson"
)

// heedFeatures marks the columns that Hugging Face datasets calls Json() in the
// description it puts beside the schema: {"info":{"features":{…}}}, where a list
// is {"_type":"List","feature":…} or [feature] and a struct an object.
func (n *column) heedFeatures(file *parquet.File) {
	text, ok := file.Lookup("huggingface")
	if !ok {
		return
	}
	// What is no JSON describes nothing.
	_ = pyjson.WithIndex([]byte(text), func(v pyjson.Value) error {
		n.heed(v.Get("info", "features"))
		return nil
	})
}

func (n *column) heed(feature pyjson.Value) {
	inner := feature.Get("feature")
	if feature.Kind() == pyjson.KindArray {
		inner = pyjson.FirstOf(feature)
	}
	switch {
	case len(n.children) == 0:
		n.json = n.json || feature.Get("_type").Text() == "Json"
	case n.shape == listShape && inner.Present():
		n.children[0].element().heed(inner)
	case n.shape == structShape:
		for _, child := range n.children {
			child.heed(feature.Get(child.name))
		}
	}
}
