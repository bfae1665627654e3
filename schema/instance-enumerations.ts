import { builder } from './builder.ts';

const UNKNOWN = { description: 'A value that this gateway does not know yet.' };

export const InstanceStatus = builder.enumType('InstanceStatus', {
  description: 'What an instance is doing.',
  values: {
    NORMAL: { description: 'Running.' },
    CREATING: { description: 'Being created.' },
    CHANGING: { description: 'Its configuration is being changed.' },
    INACTIVE: { description: 'Disabled.' },
    FLUSHING: { description: 'Its data is being cleared.' },
    RELEASED: { description: 'Released: gone or about to be.' },
    TRANSFORMING: { description: 'Its billing is being changed.' },
    MIGRATING: { description: 'Being moved to another zone or host.' },
    BACKUP_RECOVERING: { description: 'Being restored from a backup.' },
    MINOR_VERSION_UPGRADING: { description: 'Getting a new minor version.' },
    NETWORK_MODIFYING: { description: 'Its network is being changed.' },
    SSL_MODIFYING: { description: 'Its encryption in transit is being changed.' },
    MAJOR_VERSION_UPGRADING: { description: 'Getting a new major version.' },
    UNKNOWN,
  },
});

export const InstanceArchitecture = builder.enumType('InstanceArchitecture', {
  description: 'How an instance is built.',
  values: {
    CLUSTER: { description: 'Data is spread over shards.' },
    STANDARD: { description: 'One primary node and its replica.' },
    RWSPLIT: { description: 'One primary node, and replicas that serve reads.' },
    UNKNOWN,
  },
});

export const InstanceEdition = builder.enumType('InstanceEdition', {
  description: 'The edition of an instance.',
  values: {
    COMMUNITY: { description: 'Redis Open-Source Edition.' },
    ENTERPRISE: { description: 'Tair (Enterprise Edition).' },
    UNKNOWN,
  },
});

export const ChargeType = builder.enumType('ChargeType', {
  description: 'How an instance is paid for.',
  values: {
    PRE_PAID: { description: 'By subscription.' },
    POST_PAID: { description: 'By use.' },
    UNKNOWN,
  },
});

export const NetworkType = builder.enumType('NetworkType', {
  description: 'The kind of network an instance is in.',
  values: {
    VPC: { description: 'A virtual private cloud.' },
    CLASSIC: { description: 'The classic network.' },
    UNKNOWN,
  },
});
