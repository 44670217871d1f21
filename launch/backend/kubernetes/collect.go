package kubernetes

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"trainyard/format/durable"
	"trainyard/launch"
	"trainyard/launch/files"
)

// A cursor says how far the log of a container was copied: bytes of the copy, and
// the time of the last line with how many of its lines had that time.
type cursor struct {
	Pod  string `json:"pod"` // uid
	Size int64  `json:"size"`
	At   string `json:"at"`
	Same int    `json:"same"`
}

// collect copies what the pods have written since the last look. One process does at
// a time; for another, what is there is news enough. last says that the pods have
// ended: when all is copied, nothing is asked of them again.
func (k *Kubernetes) collect(ctx context.Context, c *client, dir string, pods []pod, last bool) error {
	if _, err := os.Stat(dir); err != nil {
		return nil
	}
	lock, err := durable.Lock(filepath.Join(dir, ".collect"), 0o600)
	if errors.Is(err, durable.ErrLocked) {
		return nil
	}
	if err != nil {
		return err
	}
	defer lock.Close()
	var s spec
	if _, err := files.ReadJSON(dir, specName, &s); err != nil {
		return err
	}
	var faults []error
	for _, p := range pods {
		rank := p.index()
		if s.Index != nil {
			rank = "" // there it is the cell's
		}
		faults = append(faults, c.copyLog(ctx, dir, p, trainerContainer, logName(rank)))
		if s.Progress != "" && (rank == "" || rank == "0") {
			faults = append(faults, c.copyLog(ctx, dir, p, progressContainer, progressName))
		}
	}
	if err := errors.Join(faults...); err != nil || !last {
		return err
	}
	return files.WriteJSON(dir, wholeName, object{})
}

// progressName is the copy of the trainer's progress file.
const progressName = "progress"

// logName is the copy of a node's log.
func logName(rank string) string {
	if rank != "" && rank != "0" {
		return launch.LogName + "-node-" + filepath.Base(rank)
	}
	return launch.LogName
}

// copyLog appends what is new. The copy is cut to where the cursor knows of it
// first: a process that died between the two wrote too much.
func (c *client) copyLog(ctx context.Context, dir string, p pod, container, name string) error {
	var at cursor
	note := "." + name + ".cursor"
	if _, err := files.ReadJSON(dir, note, &at); err != nil {
		return err
	}
	if at.Pod != p.Metadata.UID {
		at = cursor{Pod: p.Metadata.UID, Size: at.Size}
	}
	f, err := os.OpenFile(filepath.Join(dir, name), os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	defer f.Close()
	if err := f.Truncate(at.Size); err != nil {
		return err
	}
	for limit := int64(pageSize); ; {
		before := at
		cut, err := c.page(ctx, p, container, limit, f, &at)
		if err != nil {
			return err
		}
		if at != before {
			if err := files.WriteJSON(dir, note, at); err != nil {
				return err
			}
		}
		switch {
		case !cut:
			return nil
		case at == before:
			limit *= 4 // more in one second than a page holds
		}
		if limit > maxPage {
			return fmt.Errorf("the log of %s grows by more than %d bytes a second", p.Metadata.Name, maxPage)
		}
	}
}

// A page is what one request brings.
const (
	pageSize = 8 << 20
	maxPage  = 512 << 20
)

// page copies one answer. cut says that it ended at its limit, and there is more.
func (c *client) page(ctx context.Context, p pod, container string, limit int64, to io.WriterAt, at *cursor) (cut bool, err error) {
	query := url.Values{"container": {container}, "timestamps": {"true"}, "limitBytes": {strconv.FormatInt(limit, 10)}}
	if t, err := time.Parse(time.RFC3339Nano, at.At); err == nil {
		query.Set("sinceTime", t.UTC().Truncate(time.Second).Format(time.RFC3339))
	}
	other := c.in(handle{Namespace: p.Metadata.Namespace})
	answer, err := c.open(ctx, http.MethodGet, other.core("pods")+"/"+url.PathEscape(p.Metadata.Name)+"/log?"+query.Encode(), "", nil)
	if answered(err, http.StatusBadRequest) || answered(err, http.StatusNotFound) {
		return false, nil // the container has not started, or the pod is gone
	}
	if err != nil {
		return false, err
	}
	defer answer.Close()
	n, err := at.copyNew(answer, to)
	return n >= limit, err
}

// copyNew writes the lines behind the cursor, without their times. An end without
// a line feed is a line that was cut, and comes again.
func (at *cursor) copyNew(from io.Reader, to io.WriterAt) (n int64, err error) {
	lines := bufio.NewReaderSize(from, 64<<10)
	seen, last := 0, at.At // lines of this answer with the cursor's own time
	for {
		line, err := lines.ReadBytes('\n')
		n += int64(len(line))
		if errors.Is(err, io.EOF) {
			return n, nil
		}
		if err != nil {
			return n, err
		}
		stamp, text, ok := bytes.Cut(line, []byte(" "))
		if !ok {
			stamp, text = bytes.TrimSuffix(line, []byte("\n")), []byte("\n")
		}
		switch when := string(stamp); {
		case last != "" && before(when, last):
			continue
		case last != "" && when == last:
			if seen++; seen <= at.Same && at.At == last {
				continue
			}
		}
		if _, err := to.WriteAt(text, at.Size); err != nil {
			return n, err
		}
		at.Size += int64(len(text))
		if when := string(stamp); when == at.At {
			at.Same++
		} else {
			at.At, at.Same = when, 1
		}
	}
}

// before compares times of any number of digits.
func before(a, b string) bool {
	ta, errA := time.Parse(time.RFC3339Nano, a)
	tb, errB := time.Parse(time.RFC3339Nano, b)
	return errA == nil && errB == nil && ta.Before(tb)
}
