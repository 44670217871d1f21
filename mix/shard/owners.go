package shard

// An ownerRow is the part of a row that says whose it is. A shard of tokens has no
// instances.
type ownerRow struct {
	TrajID     string `parquet:"traj_id"`
	InstanceID string `parquet:"instance_id"`
}

type tokenOwner struct {
	TrajID string `parquet:"traj_id"`
}

type packedOwners struct {
	TrajIDs []string `parquet:"traj_ids,list"`
}

// ReadOwners hands the trajectory and the instance of each row of a shard of ours to
// yield, of a packed row those of each sequence; the instance is empty where rows do not
// hold it. No other column is read.
func ReadOwners(path string, yield func(trajectory, instance string)) error {
	output, err := OutputOf(path)
	if err != nil {
		return err
	}
	switch output {
	case "packed":
		return readRows(path, func(r *packedOwners) error {
			for _, id := range r.TrajIDs {
				yield(id, "")
			}
			return nil
		})
	case "tokens":
		return readRows(path, func(r *tokenOwner) error { yield(r.TrajID, ""); return nil })
	}
	return readRows(path, func(r *ownerRow) error { yield(r.TrajID, r.InstanceID); return nil })
}
