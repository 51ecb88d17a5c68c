#!/bin/bash
# usage: populate.sh VERSION: creates data in the paths of the originals, with everything that a copy could lose.
set -euo pipefail

version=$1

install --directory --owner=cfyuser --group=cfyuser \
  /etc/cloudify/ssl /opt/cfy/bin /opt/cloudify/sources /opt/cloudify-stage/conf \
  /opt/manager/{env/bin,scripts} \
  /opt/manager/resources/{packages/agents,uploaded-blueprints,spec/cloudify/"$version"} \
  /opt/mgmtworker/{config,env/bin,env/plugins/default_tenant,work/deployments/default_tenant}
install --directory --owner=postgres --group=postgres --mode=0700 /var/lib/pgsql /var/lib/pgsql/9.5/data
install --directory --owner=cfyuser --group=cfyuser --mode=02770 /opt/mgmtworker/work/deployments/default_tenant

mv /usr/local/lib/cloudify/cfy /opt/cfy/bin/cfy
mv /usr/local/lib/cloudify/python /opt/manager/env/bin/python
ln -s /opt/cfy/bin/cfy /usr/bin/cfy

echo 9.5 >/var/lib/pgsql/9.5/data/PG_VERSION
echo "tosca_definitions_version: cloudify_dsl_1_3" >/opt/manager/resources/spec/cloudify/"$version"/types.yaml
echo "postgresql_db_name: cloudify_db" >/opt/manager/cloudify-rest.conf
echo "{}" >/opt/cloudify-stage/conf/manager.json
echo "manager: {}" >/opt/cloudify/config.yaml
head -c 3000000 /dev/urandom >/opt/manager/resources/packages/agents/centos-core-agent.tar.gz
chmod 0600 /var/lib/pgsql/9.5/data/PG_VERSION

# A hard link, a dangling link, a capability, an extended attribute, setuid, an old time, an odd name.
agents=/opt/manager/resources/packages/agents
plugins=/opt/mgmtworker/env/plugins/default_tenant
ln $agents/centos-core-agent.tar.gz $agents/redhat-maipo-agent.tar.gz
ln -s ../../nowhere $agents/removed-agent.tar.gz
cp /usr/bin/true $plugins/bind-low-port
chown -R cfyuser:cfyuser /etc/cloudify /opt/{cfy,cloudify,cloudify-stage,manager,mgmtworker}
chown -R postgres:postgres /var/lib/pgsql
setcap cap_net_bind_service+ep $plugins/bind-low-port
install --owner=root --group=cfyuser --mode=4750 /usr/bin/true $plugins/become-root
echo noted >"$agents/with a space and	a tab"
setfattr --name=user.origin --value="cloudify $version" "$agents/with a space and	a tab"
touch --date=2019-01-24T12:34:56.123456789Z "$agents/with a space and	a tab"
chmod 0660 /etc/cloudify/config.yaml

# CentOS has it there.
install -D --mode=0755 /dev/stdin /etc/rc.d/rc.local <<<'#!/bin/bash'
ln -s rc.d/rc.local /etc/rc.local

systemctl enable nginx postgresql-9.5 cloudify-{amqp-postgres,mgmtworker,rabbitmq,restservice,stage}
