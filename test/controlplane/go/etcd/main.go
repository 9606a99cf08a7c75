// Command etcd is the store of the API server, made from the module that etcd itself is made from.
package main

import (
	"os"

	"go.etcd.io/etcd/server/v3/etcdmain"
)

func main() { etcdmain.Main(os.Args) }
