package kubernetes

import (
	"encoding/base64"
	"strings"

	"trainyard/launch/backend/carry"
)

// belongings are what the Job owns, and what goes with it: path and manifest.
func (p *plan) belongings(uid string) []belonging {
	meta := func(name string) object {
		return object{"name": name, "labels": p.labels(), "ownerReferences": []object{
			{"apiVersion": "batch/v1", "kind": "Job", "name": p.name, "uid": uid},
		}}
	}
	texts := p.orders()
	texts[scriptName] = carry.Start
	list := []belonging{{"configmaps", object{
		"apiVersion": "v1", "kind": "ConfigMap", "metadata": meta(p.name), "immutable": true, "data": texts,
	}}}
	for _, part := range p.parts {
		data := object{}
		for key, piece := range part.data {
			data[key] = base64.StdEncoding.EncodeToString(piece)
		}
		list = append(list, belonging{"configmaps", object{
			"apiVersion": "v1", "kind": "ConfigMap", "metadata": meta(part.name), "immutable": true, "binaryData": data,
		}})
	}
	if len(p.secret) > 0 {
		data := object{}
		for _, e := range p.secret {
			data[e.Name] = base64.StdEncoding.EncodeToString([]byte(e.Value))
		}
		list = append(list, belonging{"secrets", object{
			"apiVersion": "v1", "kind": "Secret", "metadata": meta(p.name), "type": "Opaque", "data": data,
		}})
	}
	if p.task.Nodes > 1 {
		list = append(list, belonging{"services", object{
			"apiVersion": "v1", "kind": "Service", "metadata": meta(p.name),
			"spec": object{
				"clusterIP": "None", "publishNotReadyAddresses": true,
				"selector": object{"batch.kubernetes.io/job-name": p.name},
			},
		}})
	}
	return list
}

// A belonging is an object beside the Job.
type belonging struct {
	kind     string // as in its path
	manifest object
}

// release is the patch that lets a made Job go: into its queue, or at once. It is
// refused where the Job is not in the making any more.
func (p *plan) release() []object {
	patch := []object{
		{"op": "test", "path": "/metadata/annotations/" + pointer(stageNote), "value": making},
		{"op": "replace", "path": "/metadata/annotations/" + pointer(stageNote), "value": made},
	}
	if p.o.Queue != "" {
		return append(patch, object{"op": "add", "path": "/metadata/labels/" + pointer(queueLabel), "value": p.o.Queue})
	}
	return append(patch, object{"op": "replace", "path": "/spec/suspend", "value": false})
}

// pointer escapes a key for a JSON pointer (RFC 6901).
func pointer(key string) string {
	return strings.NewReplacer("~", "~0", "/", "~1").Replace(key)
}
