package format

import "testing"

func TestEverySpellingOfARepositoryIsOne(t *testing.T) {
	for _, same := range []struct {
		want      string
		spellings []string
	}{
		{"django/django", []string{
			"django/django", "Django/Django", " django/django ", "django__django", "Django__Django", "django/django.git", "django/django/",
			"https://github.com/django/django", "http://www.github.com/Django/django.git", "https://github.com/django/django/tree/main/docs",
			"git@github.com:django/django.git", "ssh://git@github.com/django/django.git", "ssh://git@github.com:22/django/django", "git://github.com/django/django",
			"git+https://github.com/django/django.git", "github.com/django/django", "www.github.com/django/django", "https://user:secret@github.com/django/django",
			"https://api.github.com/repos/django/django", "swesmith/django__django.1a2b3c4d", "swesmith/Django__Django", "django__django.1a2b3c4d",
			"https://github.com/swesmith/django__django.1a2b3c4d", "https://gitlab.com/django/django.git", "https://github.com/django/django?tab=readme",
			"https://github.com/django/django#readme", "django/django@0123abc", "https://github.com/django/django/pull/12", "mswebench/django_m_django",
		}},
		{"sympy", []string{"sympy", "SymPy", "sympy.git"}},
		{"group/team/tool", []string{"https://gitlab.com/group/team/tool.git", "group/team/tool", "https://gitlab.com/group/team/tool"}},
		{"owner/my__tool", []string{"owner/my__tool"}},
		{"", []string{"", "  ", "/", "none", "NULL", "N/A", "unknown", "https://github.com/"}},
	} {
		for _, spelling := range same.spellings {
			if got := NormalRepo(spelling); got != same.want {
				t.Errorf("%q is %q, want %q", spelling, got, same.want)
			}
			if again := NormalRepo(same.want); again != same.want {
				t.Errorf("the normal name %q becomes %q", same.want, again)
			}
		}
	}
}

func TestIdsGiveTheRepositoryTheyHold(t *testing.T) {
	for id, want := range map[string]string{
		"django__django-11099":                                                  "django/django",
		"Project-MONAI__MONAI-5686_4":                                           "Project-MONAI/MONAI",
		"pudo__dataset.5c2dc8d3.func_pm_op_change__fq79104s.arbkompf_0":         "pudo/dataset",
		"swesmith/pudo__dataset.5c2dc8d3.lm_rewrite__abc":                       "pudo/dataset",
		"pudo__dataset.5c2dc8d3":                                                "pudo/dataset",
		"instance_NodeBB__NodeBB-04998908ba6721d64eba79ae3b65a351dcfbc5b5-vnan": "NodeBB/NodeBB",
		"instance_ansible__ansible-f327e65d11bb905ed9f15996024f857a95592629":    "ansible/ansible",
		"darkreader/darkreader:pr-7241":                                         "darkreader/darkreader",
		"cli/cli#10388":                                                         "cli/cli",
		"cli/cli/pull/10388":                                                    "cli/cli",
		"https://github.com/cli/cli/issues/10388":                               "cli/cli",
		"swebench/sweb.eval.x86_64.django_1776_django-13741:latest":             "django/django",
		"jyangballin/swesmith.x86_64.pudo_1776_dataset.5c2dc8d3":                "pudo/dataset",
		"toucan_sample_0":                                                       "", "49434": "", "": "", "oct28_full6728/reasoning/prealgebra/1426/gpt-3.5/max5": "", "math/algebra-12": "",
		"session-2025-01-02": "",
	} {
		if got := RepoOfInstance(id); got != want {
			t.Errorf("%q gives %q, want %q", id, got, want)
		}
	}
}

func TestAnInstanceHasOneSpelling(t *testing.T) {
	for id, want := range map[string]string{
		"django__django-123":                                      "django/django#123",
		"Django__Django-123_4":                                    "django/django#123",
		"django/django:pr-123":                                    "django/django#123",
		"django/django#123":                                       "django/django#123",
		"https://github.com/Django/django/pull/123":               "django/django#123",
		"swebench/sweb.eval.x86_64.django_1776_django-123:latest": "django/django#123",
		"ponylang__ponyc-4595":                                    "ponylang/ponyc#4595",
		"owner__name.1a2b3c4d.func_basic__x1":                     "owner__name.1a2b3c4d.func_basic__x1",
		"HumanEval/7":                                             "humaneval/7",
		"":                                                        "",
	} {
		if got := NormalInstance(id); got != want {
			t.Errorf("%s: %q, want %q", id, got, want)
		}
	}
}
