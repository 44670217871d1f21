package provide

import (
	"archive/zip"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	"trainyard/format/durable"
)

// A wheel has a uv that needs no library of its machine.
type wheel struct{ url, digest string }

// wheels are those of uv 0.13.9 for musl, statically linked, as
// https://pypi.org/simple/uv/ lists them with their digests.
var wheels = map[string]wheel{
	"linux/amd64": {
		"https://files.pythonhosted.org/packages/fe/fe/794884de0efd3ac77a427cab21aa72c0483e100c55a42cd5cbb02c141b84/uv-0.13.9-py3-none-musllinux_1_1_x86_64.whl",
		"2c45530751517d6c3bbc69a19473f6effe47cce047bede01ffd8af7ea7b36b25",
	},
	"linux/arm64": {
		"https://files.pythonhosted.org/packages/57/15/94b6cd62ac3ff6550288328e8035288875197cbc183f51554b266a69877b/uv-0.13.9-py3-none-manylinux_2_17_aarch64.manylinux2014_aarch64.musllinux_1_1_aarch64.whl",
		"5435c5ce14a56431208ca0996416d310f1598e8c2c8ba707688985a16bb82dbe",
	},
}

// UV is the file of a uv for a machine, by GOOS and GOARCH: this machine's own where
// it is alike, else one that is kept in the user's cache, else PyPI's.
func UV(ctx context.Context, system, arch string) (file string, err error) {
	if system == runtime.GOOS && arch == runtime.GOARCH {
		if file, err := exec.LookPath("uv"); err == nil && isBinary(file) {
			return filepath.EvalSymlinks(file)
		}
	}
	w, known := wheels[system+"/"+arch]
	if !known {
		return "", fmt.Errorf("it has none, and there is none to bring for %s on %s: install it there", system, arch)
	}
	cache, err := os.UserCacheDir()
	if err != nil {
		return "", err
	}
	file = filepath.Join(cache, "trainyard", "uv", "uv-"+w.digest[:16])
	if _, err := os.Stat(file); err == nil {
		return file, nil
	}
	program, err := w.program(ctx)
	if err != nil {
		return "", fmt.Errorf("the machine has none, this one has none for %s on %s, and it cannot be brought from PyPI: %w: install uv there, or here, or run this once where PyPI answers", system, arch, err)
	}
	if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
		return "", err
	}
	return file, durable.Write(file, "", 0o755, durable.Bytes(program))
}

// isBinary tells a program from a shim that asks a version manager.
func isBinary(file string) bool {
	f, err := os.Open(file)
	if err != nil {
		return false
	}
	defer f.Close()
	head := make([]byte, 4)
	_, err = io.ReadFull(f, head)
	return err == nil && !strings.HasPrefix(string(head), "#!")
}

const (
	// wheelLimit is how long 20 MB may take.
	wheelLimit = 10 * time.Minute
	// maxWheel and maxProgram are far more than they have, in bytes.
	maxWheel, maxProgram = 128 << 20, 256 << 20
)

// program downloads the wheel and takes uv out of it.
func (w wheel) program(ctx context.Context) ([]byte, error) {
	data, err := w.download(ctx)
	if err != nil {
		return nil, err
	}
	if sum := sha256.Sum256(data); hex.EncodeToString(sum[:]) != w.digest {
		return nil, fmt.Errorf("%s has the digest %x, and it is to be %s", w.url, sum, w.digest)
	}
	archive, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", w.url, err)
	}
	for _, f := range archive.File {
		if strings.HasSuffix(f.Name, ".data/scripts/uv") {
			return unpack(f)
		}
	}
	return nil, fmt.Errorf("%s has no uv in it", path.Base(w.url))
}

func (w wheel) download(ctx context.Context) ([]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, wheelLimit)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, w.url, nil)
	if err != nil {
		return nil, err
	}
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		return nil, err
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("%s answers %s", w.url, answer.Status)
	}
	return io.ReadAll(io.LimitReader(answer.Body, maxWheel))
}

func unpack(f *zip.File) ([]byte, error) {
	r, err := f.Open()
	if err != nil {
		return nil, err
	}
	data, err := io.ReadAll(io.LimitReader(r, maxProgram))
	return data, errors.Join(err, r.Close())
}
