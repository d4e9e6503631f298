/** A setting and what is wrong with it beside the others. */
export type AccessFault = readonly [setting: string, fault: string];

/** Settings of Kafka and PostgreSQL that contradict each other or leave something open. Pure; tells no value. */
export function accessFaults(given: Readonly<Record<string, string>>): AccessFault[] {
  return [...kafkaFaults(given), ...databaseFaults(given)];
}

function kafkaFaults({
  kafkaTls,
  kafkaCaFile,
  kafkaSaslMechanism,
  kafkaUsername,
  kafkaPasswordFile,
}: Readonly<Record<string, string | undefined>>): AccessFault[] {
  const faults: AccessFault[] = [];
  const tls = kafkaTls === 'true';
  if (kafkaCaFile !== undefined && !tls)
    faults.push(['kafkaCaFile', 'has no effect unless VITALVAULT_KAFKA_TLS is true']);
  if (kafkaSaslMechanism === undefined) {
    if (kafkaUsername !== undefined || kafkaPasswordFile !== undefined)
      faults.push(['kafkaSaslMechanism', 'missing, though a user name or password is given']);
    return faults;
  }
  if (kafkaUsername === undefined) faults.push(['kafkaUsername', 'missing, VITALVAULT_KAFKA_SASL_MECHANISM needs it']);
  if (kafkaPasswordFile === undefined)
    faults.push(['kafkaPasswordFile', 'missing, VITALVAULT_KAFKA_SASL_MECHANISM needs it']);
  if (kafkaSaslMechanism === 'plain' && !tls)
    faults.push(['kafkaTls', 'must be true with the mechanism plain, which sends the password readable']);
  return faults;
}

function databaseFaults({
  databaseUrl,
  databasePasswordFile,
  databaseCaFile,
}: Readonly<Record<string, string | undefined>>): AccessFault[] {
  const url = databaseUrl === undefined ? null : URL.parse(databaseUrl);
  const faults: AccessFault[] = [];
  if (databasePasswordFile !== undefined && (url?.password ?? '') !== '')
    faults.push(['databasePasswordFile', 'VITALVAULT_DATABASE_URL has a password too; leave it out there']);
  if (databaseCaFile !== undefined && [...(url?.searchParams.keys() ?? [])].some((name) => name.startsWith('ssl')))
    faults.push(['databaseCaFile', 'VITALVAULT_DATABASE_URL says something about SSL too; leave it out there']);
  return faults;
}
