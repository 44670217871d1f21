package listed

import (
	"errors"
	"path/filepath"
	"testing"
)

func TestAClientThatIsNotThereHasDoneNothing(t *testing.T) {
	for _, program := range []string{"no-such-client", filepath.Join(t.TempDir(), "no-such-client")} {
		c := Client{Name: "client", Program: program, Install: "install it"}
		if _, err := c.Run(t.Context(), "", nil, "jobs", "run"); !errors.Is(err, ErrRefused) {
			t.Errorf("%s: %v", program, err)
		}
	}
	var exit *Exit
	if _, err := (Client{Name: "client", Program: "false"}).Run(t.Context(), "", nil, "jobs", "run"); errors.Is(err, ErrRefused) || !errors.As(err, &exit) || exit.Code != 1 {
		t.Errorf("one that failed may have done something: %v", err)
	}
}
