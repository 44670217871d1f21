package main

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"net/http"
	"path"
)

// An archive is a package file pinned by version and digest.
type archive struct {
	url    string
	sha256 string
}

func (a archive) fetch() ([]byte, error) {
	resp, err := http.Get(a.url)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("fetch %s: %s", a.url, resp.Status)
	}
	data, err := io.ReadAll(resp.Body)
	if err != nil {
		return nil, fmt.Errorf("fetch %s: %w", a.url, err)
	}
	return data, checkDigest(path.Base(a.url), data, a.sha256)
}

func checkDigest(name string, data []byte, want string) error {
	sum := sha256.Sum256(data)
	if got := hex.EncodeToString(sum[:]); got != want {
		return fmt.Errorf("%s: sha256 is %s, expected %s", name, got, want)
	}
	return nil
}

// zipFile returns one file of a wheel.
func (a archive) zipFile(name string) ([]byte, error) {
	data, err := a.fetch()
	if err != nil {
		return nil, err
	}
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", a.url, err)
	}
	f, err := z.Open(name)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", a.url, err)
	}
	defer f.Close()
	return io.ReadAll(f)
}

// crateFile returns one file of a crate, named without the crate's directory.
func (a archive) crateFile(name string) ([]byte, error) {
	data, err := a.fetch()
	if err != nil {
		return nil, err
	}
	z, err := gzip.NewReader(bytes.NewReader(data))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", a.url, err)
	}
	for t := tar.NewReader(z); ; {
		h, err := t.Next()
		if err != nil {
			return nil, fmt.Errorf("%s: find %s: %w", a.url, name, err)
		}
		if ok, _ := path.Match("*/"+name, h.Name); ok {
			return io.ReadAll(t)
		}
	}
}
