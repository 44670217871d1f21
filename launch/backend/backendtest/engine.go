package backendtest

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
)

// Engine runs a script of .ci that brings up what jobs run on, and returns when it says
// that this is ready. It goes down when alive is closed, or this process has ended.
func Engine(name string, args ...string) (alive io.Closer, err error) {
	script, err := filepath.Abs("../../../.ci/" + name)
	if err != nil {
		return nil, err
	}
	cmd := exec.Command(script, args...)
	cmd.Stderr = os.Stderr
	in, err := cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	if line, err := bufio.NewReader(out).ReadString('\n'); line != "ready\n" {
		return in, fmt.Errorf("%s: %q, %v", script, line, err)
	}
	return in, nil
}
