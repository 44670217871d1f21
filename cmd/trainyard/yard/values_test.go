package yard_test

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"

	"trainyard/cmd/trainyard/yard"
)

// TestValuesHaveJSONNames: what goes in and comes out is what another face, in
// another process, would send and read.
func TestValuesHaveJSONNames(t *testing.T) {
	for _, v := range []any{
		yard.PrepareRequest{}, yard.Prepared{}, yard.LaunchRequest{}, yard.Plan{}, yard.RunLine{}, yard.RunStory{},
		yard.Stopped{}, yard.Difference{}, yard.Shown{}, yard.Listed{}, yard.Arg{}, yard.Rebuilt{},
	} {
		for _, f := range reflect.VisibleFields(reflect.TypeOf(v)) {
			if f.IsExported() && !f.Anonymous && len(f.Index) == 1 && f.Tag.Get("json") == "" {
				t.Errorf("%T.%s has no name in JSON", v, f.Name)
			}
		}
	}
}

func TestEveryListIsValuesThatJSONCanSay(t *testing.T) {
	for _, name := range yard.ListNames() {
		all := yard.Lists[name]()
		if _, err := json.Marshal(all); err != nil || len(all) == 0 {
			t.Errorf("list %s: %d entries, %v", name, len(all), err)
		}
		for _, l := range all {
			if l.Name == "" || strings.TrimSpace(l.Summary) == "" {
				t.Errorf("list %s: %q has no line", name, l.Name)
			}
		}
	}
}
