#!/bin/sh
# Makes deploy/helm/strimzi.schemas.json anew. Needs a JDK >= 17 and Maven. To be run when the version below changes; the result is committed.
set -eu
version=0.49.1
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cat > "$work/pom.xml" <<POM
<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>dev.vitalvault</groupId><artifactId>strimzi-schemas</artifactId><version>1</version>
  <dependencies>
    <dependency>
      <groupId>io.strimzi</groupId><artifactId>api</artifactId><version>$version</version>
      <exclusions><exclusion><groupId>io.strimzi</groupId><artifactId>*</artifactId></exclusion></exclusions>
    </dependency>
  </dependencies>
</project>
POM
mvn -q -B -f "$work/pom.xml" dependency:copy-dependencies -DincludeScope=runtime -DoutputDirectory="$work/jars"
java -cp "$work/jars/*" "$here/StrimziSchemas.java" > "$here/../../deploy/helm/strimzi.schemas.json"
