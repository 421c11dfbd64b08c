// A ledger checked by golang.org/x/mod, the library behind Go's own checksum database; everything that is verified
// here is verified by its packages note and tlog.
//
//	main VKEY log DIR             the checkpoint, and every entry under DIR, with an inclusion proof of each
//	main VKEY grown OLD NEW PROOF two checkpoints, and the consistency proof between them (a base64 hash a line)
//	main VKEY entry LEAF          one entry by LEAF.tlog-proof beside it
package main

import (
	"encoding/binary"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

func main() {
	defer func() {
		if problem := recover(); problem != nil {
			fmt.Println("FAIL", problem)
			os.Exit(1)
		}
	}()
	verifier, err := note.NewVerifier(os.Args[1])
	check(err)
	known := note.VerifierList(verifier)
	switch os.Args[2] {
	case "log":
		wholeLog(open(read(os.Args[3], "checkpoint"), known), tiles(os.Args[3]))
	case "grown":
		old, now := open(read(os.Args[3]), known), open(read(os.Args[4]), known)
		check(tlog.CheckTree(hashes(string(read(os.Args[5]))), now.N, now.Hash, old.N, old.Hash))
		fmt.Println("ok", old.N, "is a prefix of", now.N)
	case "entry":
		head, checkpoint, _ := strings.Cut(string(read(os.Args[3]+".tlog-proof")), "\n\n")
		lines := strings.SplitN(head+"\n", "\n", 3)
		index, err := strconv.ParseInt(strings.TrimPrefix(lines[1], "index "), 10, 64)
		check(err)
		tree := open([]byte(checkpoint), known)
		check(tlog.CheckRecord(hashes(lines[2]), tree.N, tree.Hash, index, tlog.RecordHash(read(os.Args[3]))))
		fmt.Println("ok entry", index, "of", tree.N)
	}
}

// The tiles under a directory, in C2SP's layout: Go's, without the height in the path.
type tiles string

func (dir tiles) Height() int                                { return 8 }
func (dir tiles) SaveTiles(tiles []tlog.Tile, data [][]byte) {}
func (dir tiles) ReadTiles(wanted []tlog.Tile) (data [][]byte, err error) {
	for _, tile := range wanted {
		data = append(data, read(string(dir), "tile", strings.TrimPrefix(tile.Path(), "tile/8/")))
	}
	return data, nil
}

func wholeLog(tree tlog.Tree, dir tiles) {
	reader := tlog.TileHashReader(tree, dir)
	root, err := tlog.TreeHash(tree.N, reader)
	check(err)
	if root != tree.Hash {
		panic("the tiles do not add up to the signed root")
	}
	var bundle []byte
	for i := int64(0); i < tree.N; i++ {
		if i%256 == 0 {
			tile := tlog.Tile{H: 8, L: -1, N: i / 256, W: int(min(256, tree.N-i))}
			bundle = read(string(dir), "tile", "entries", strings.TrimPrefix(tile.Path(), "tile/8/data/"))
		}
		length := int(binary.BigEndian.Uint16(bundle))
		proof, err := tlog.ProveRecord(tree.N, i, reader)
		check(err)
		if err := tlog.CheckRecord(proof, tree.N, tree.Hash, i, tlog.RecordHash(bundle[2:2+length])); err != nil {
			panic(fmt.Sprint("entry ", i, " does not hash to its leaf: ", err))
		}
		bundle = bundle[2+length:]
	}
	fmt.Println("ok", tree.N, "entries")
}

func open(text []byte, known note.Verifiers) tlog.Tree {
	signed, err := note.Open(text, known)
	check(err)
	lines := strings.Split(signed.Text, "\n")
	size, err := strconv.ParseInt(lines[1], 10, 64)
	check(err)
	hash, err := tlog.ParseHash(lines[2])
	check(err)
	return tlog.Tree{N: size, Hash: hash}
}

func hashes(text string) (list []tlog.Hash) {
	for _, line := range strings.Fields(text) {
		hash, err := tlog.ParseHash(line)
		check(err)
		list = append(list, hash)
	}
	return list
}

func read(path ...string) []byte {
	data, err := os.ReadFile(filepath.Join(path...))
	check(err)
	return data
}

func min(a, b int64) int64 {
	if a < b {
		return a
	}
	return b
}

func check(err error) {
	if err != nil {
		panic(err)
	}
}
