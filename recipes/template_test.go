package recipes

import (
	"strings"
	"testing"
)

func TestTheBaseChoosesTheTemplate(t *testing.T) {
	for base, want := range map[string]string{
		"Qwen/Qwen2.5-Coder-7B-Instruct":    "qwen2.5",
		"/models/Qwen2.5-0.5B-Instruct/":    "qwen2.5",
		"unsloth/Qwen2.5-Coder-32B":         "qwen2.5-base",
		"Qwen/Qwen3-8B":                     "qwen3",
		"Qwen/Qwen3-30B-A3B":                "qwen3",
		"Qwen/Qwen3-Coder-30B-A3B-Instruct": "",
		"Qwen/Qwen3-30B-A3B-Instruct-2507":  "",
		"Qwen/Qwen2.5-Math-7B-Instruct":     "",
		"meta-llama/Llama-3.1-8B-Instruct":  "",
	} {
		if want == "" {
			got := faultsOf(t, small, "model.base="+base).Error()
			if !strings.Contains(got, "its chat template is not known (name the one to train with: model.template, of chatml, qwen2.5") {
				t.Errorf("%s: %s", base, got)
			}
			mustLoad(t, small, "model.base="+base, "model.template=chatml")
			continue
		}
		if got := mustLoad(t, small, "model.base="+base).Model.Template; got != want {
			t.Errorf("%s: got %s, want %s", base, got, want)
		}
	}
	if got := mustLoad(t, small).Model.Template; got != "qwen2.5" {
		t.Errorf("without a base: %s", got)
	}
}

func TestATemplateOfAnotherFamilyIsAFault(t *testing.T) {
	got := faultsOf(t, small, "model={base: Qwen/Qwen3-8B, template: qwen2.5}").Error()
	if !strings.Contains(got, `model.template: qwen2.5 is not the template of "Qwen/Qwen3-8B" (write qwen3, or leave it out)`) {
		t.Error(got)
	}
	for _, template := range []string{"chatml", "qwen2.5", "qwen2.5-base"} {
		mustLoad(t, small, "model.base=Qwen/Qwen2.5-7B", "model.template="+template)
	}
}
