package dialect

import "testing"

func TestTheFileNamesTheInstance(t *testing.T) {
	for path, want := range map[string]string{
		"run/django__django-1/django__django-1.traj":         "django__django-1",
		"run/django__django-1/django__django-1.traj.json":    "django__django-1",
		"run/django__django-1/django__django-1.traj.json.gz": "django__django-1",
		"acme__a.1a2b3c4d.pr_1.traj":                         "acme__a.1a2b3c4d.pr_1",
		"run/rows.jsonl":                                     "",
	} {
		if got := instanceOfFile(path); got != want {
			t.Errorf("%s: got %q, want %q", path, got, want)
		}
	}
}
