package dialect

import (
	"path"
	"slices"
	"strings"

	"trainyard/format"
	"trainyard/format/pyjson"
)

// mediaMembers are where rows of trainers keep what their messages show: beside
// them, while the text holds a mark in each one's place.
var mediaMembers = []string{"images", "image", "videos", "video", "audios", "audio"}

// mediaMarks are such marks: LLaMA-Factory's, ms-swift's and LLaVA's.
var mediaMarks = []string{"<image>", "<video>", "<audio>", "<img>"}

// refuseMedia refuses rows with media beside the text, in whatever dialect they
// are written: the text alone asks about what it does not hold.
func refuseMedia(t *format.Trajectory, root pyjson.Value) error {
	marked := slices.ContainsFunc(t.Messages, isMarked)
	for _, name := range mediaMembers {
		if isMedia(root.Get(name), marked) {
			return format.Rejectf(format.ImagePart, "the row has %q beside its messages: only text can be trained on", name)
		}
	}
	for i, m := range t.Messages {
		if isMarked(m) {
			return format.Rejectf(format.ImagePart, "message %d shows what is not in the record (%s): only text can be trained on", i+1, markOf(m.Content))
		}
	}
	return nil
}

// isMedia says that a member holds media: a list, an object of bytes and path,
// a path or address, and, where a message has a mark, any text. Other texts of
// such a name are often those of container images.
func isMedia(v pyjson.Value, marked bool) bool {
	switch v.Kind() {
	case pyjson.KindArray:
		for _, element := range v.Elements() {
			if element.Present() {
				return true
			}
		}
	case pyjson.KindObject:
		return v.Get("bytes").Present() || v.Get("path").Present() || v.Get("url").Present() || v.Get("array").Present()
	case pyjson.KindText:
		text := v.Text()
		return text != "" && (marked || strings.HasPrefix(text, "data:") || mediaFiles[strings.ToLower(path.Ext(text))])
	}
	return false
}

var mediaFiles = map[string]bool{
	".jpg": true, ".jpeg": true, ".png": true, ".gif": true, ".webp": true, ".bmp": true, ".tif": true, ".tiff": true,
	".mp4": true, ".avi": true, ".mov": true, ".mkv": true, ".webm": true,
	".mp3": true, ".wav": true, ".flac": true, ".ogg": true, ".m4a": true,
}

// isMarked says that a user's text starts or ends on a mark, as they are set
// before or after a question. Inside of a text it is a tag of some language.
func isMarked(m format.Message) bool { return m.Role == format.User && markOf(m.Content) != "" }

func markOf(text string) string {
	for _, mark := range mediaMarks {
		if text = strings.TrimSpace(text); strings.HasPrefix(text, mark) || strings.HasSuffix(text, mark) {
			return mark
		}
	}
	return ""
}
