package kubernetes

import (
	"fmt"
	"path"

	"trainyard/launch/backend/carry/inside"
)

func (p *plan) mounts() []object {
	mounts := []object{
		{"name": "start", "mountPath": inside.StartDir, "readOnly": true},
		{"name": "ask", "mountPath": inside.AskDir, "readOnly": true},
		{"name": "own", "mountPath": inside.OwnDir},
	}
	if p.o.Runs == "" {
		mounts = append(mounts, object{"name": "run", "mountPath": path.Join(inside.Home, "run")})
	}
	if p.o.Shm != "" {
		mounts = append(mounts, object{"name": "shm", "mountPath": "/dev/shm"})
	}
	for i, m := range p.o.Mounts {
		mount := object{"name": fmt.Sprintf("mount-%d", i), "mountPath": m.Path}
		if m.SubPath != "" {
			mount["subPath"] = m.SubPath
		}
		if m.ReadOnly {
			mount["readOnly"] = true
		}
		mounts = append(mounts, mount)
	}
	return mounts
}

func (p *plan) volumes() []object {
	volumes := []object{
		{"name": "start", "projected": object{"sources": p.sources()}},
		{"name": "ask", "downwardAPI": object{"items": []object{
			{"path": inside.StopName, "fieldRef": object{"fieldPath": "metadata.annotations['" + stopNote + "']"}},
		}}},
		{"name": "own", "emptyDir": object{}},
	}
	if p.o.Runs == "" {
		volumes = append(volumes, object{"name": "run", "emptyDir": object{}})
	}
	if p.o.Shm != "" {
		volumes = append(volumes, object{"name": "shm", "emptyDir": object{"medium": "Memory", "sizeLimit": p.o.Shm}})
	}
	for i, m := range p.o.Mounts {
		v := object{"name": fmt.Sprintf("mount-%d", i)}
		if m.Claim != "" {
			v["persistentVolumeClaim"] = object{"claimName": m.Claim}
		} else {
			v["hostPath"] = object{"path": m.Host, "type": "Directory"}
		}
		volumes = append(volumes, v)
	}
	return volumes
}

// sources are the ConfigMaps that lie together in one directory.
func (p *plan) sources() []object {
	sources := []object{{"configMap": object{"name": p.name}}}
	for _, part := range p.parts {
		sources = append(sources, object{"configMap": object{"name": part.name}})
	}
	return sources
}
