package api

import (
	"trainyard/format"
	"trainyard/format/pyjson"
)

// media are the kinds of parts, in every API, that hold no text.
var media = map[string]bool{
	"image": true, "image_url": true, "input_image": true, "image_file": true, "output_image": true, "local_image": true,
	"video": true, "video_url": true, "input_video": true,
	"audio": true, "audio_url": true, "input_audio": true, "output_audio": true,
	"file": true, "input_file": true, "document": true, "media": true,
	"image_generation_call": true, "computer_screenshot": true, "container_upload": true,
}

// IsMedia says that a part of this kind is an image, audio, video or file.
func IsMedia(kind string) bool { return media[kind] }

// partKind is a part's type; of a part that names none, what it holds.
func partKind(part pyjson.Value) string {
	if kind := part.Get("type").Text(); kind != "" {
		return kind
	}
	for name := range part.Members() {
		if kind := name.Text(); kind == "text" || IsMedia(kind) {
			return kind
		}
	}
	return ""
}

// refusePart says why a part of a message cannot be read: it has no text, or
// its kind is not known.
func refusePart(kind string) error {
	if IsMedia(kind) {
		return format.Rejectf(format.ImagePart, "a content part of type %q: only text can be trained on", kind)
	}
	return format.Rejectf(format.UnknownPart, "a content part of type %q", pyjson.Clip(kind))
}
