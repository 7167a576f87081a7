import { defineErrors, type PerceptError } from '../../kit/index.js';
import { BrokerDisconnect } from './connection.js';

export const brokerError = defineErrors({
  'broker-unreachable': {
    'en-US': {
      status: 'no broker',
      text: 'The MQTT broker {broker} cannot be reached ({detail}).',
      action: 'Check host, port and network; Percept keeps trying.',
    },
    ko: {
      status: '브로커 연결 안 됨',
      text: 'MQTT 브로커 {broker}에 연결할 수 없습니다({detail}).',
      action: '호스트, 포트, 네트워크를 확인하세요. 계속 다시 시도합니다.',
    },
  },
  'broker-closed': {
    'en-US': {
      status: 'connection lost',
      text: 'The MQTT broker {broker} closed the connection ({detail}).',
      action:
        'Percept connects again and takes up where it was. If this repeats, see whether another client uses the client id {clientId}, and look into the log of the broker.',
    },
    ko: {
      status: '연결 끊김',
      text: 'MQTT 브로커 {broker}이(가) 연결을 끊었습니다({detail}).',
      action:
        '다시 연결해 이어서 받습니다. 반복되면 다른 클라이언트가 클라이언트 ID {clientId}을(를) 쓰는지, 브로커 로그에 무엇이 있는지 확인하세요.',
    },
  },
  'broker-login': {
    'en-US': {
      status: 'login refused',
      text: 'The MQTT broker {broker} refused the user name or password.',
      action: 'Open the broker settings of the node, enter them again and deploy.',
    },
    ko: {
      status: '로그인 거부됨',
      text: 'MQTT 브로커 {broker}이(가) 사용자 이름 또는 비밀번호를 거부했습니다.',
      action: '노드의 브로커 설정을 열어 다시 입력하고 배포하세요.',
    },
  },
  'broker-version': {
    'en-US': {
      status: 'wrong MQTT version',
      text: 'The MQTT broker {broker} does not speak MQTT {version}.',
      action: 'Choose the other version in the broker settings (brokers before 2019 and embedded ones: 3.1.1).',
    },
    ko: {
      status: 'MQTT 버전 불일치',
      text: 'MQTT 브로커 {broker}은(는) MQTT {version}을(를) 지원하지 않습니다.',
      action: '브로커 설정에서 다른 버전을 선택하세요(오래된 브로커와 내장 브로커는 3.1.1).',
    },
  },
  'broker-client-id': {
    'en-US': {
      status: 'client id refused',
      text: 'The MQTT broker {broker} refused the client id {clientId}.',
      action: 'Set another client id in the node; the broker may limit its length or characters.',
    },
    ko: {
      status: '클라이언트 ID 거부',
      text: 'MQTT 브로커 {broker}이(가) 클라이언트 ID {clientId}을(를) 거부했습니다.',
      action: '노드에서 다른 클라이언트 ID를 설정하세요. 길이나 문자가 제한될 수 있습니다.',
    },
  },
  'broker-taken-over': {
    'en-US': {
      status: 'client id in use',
      text: 'Another client connected to {broker} with the same client id {clientId}.',
      action: 'Give each process that shares the work its own client id.',
    },
    ko: {
      status: '클라이언트 ID 중복',
      text: '다른 클라이언트가 같은 클라이언트 ID {clientId}(으)로 {broker}에 연결했습니다.',
      action: '작업을 나누는 프로세스마다 다른 클라이언트 ID를 주세요.',
    },
  },
  'broker-certificate-expired': {
    'en-US': {
      status: 'certificate expired',
      text: 'The certificate of the MQTT broker {broker} has expired.',
      action: 'Renew it on the broker; if it is new, check the clock of this machine.',
    },
    ko: {
      status: '인증서 만료',
      text: 'MQTT 브로커 {broker}의 인증서가 만료되었습니다.',
      action: '브로커에서 인증서를 갱신하세요. 새 인증서라면 이 장비의 시계를 확인하세요.',
    },
  },
  'broker-certificate-unknown': {
    'en-US': {
      status: 'unknown certificate',
      text: 'The certificate of the MQTT broker {broker} is not signed by an authority that this machine trusts ({detail}).',
      action: "Add the authority's certificate (CA) to the TLS configuration of the broker settings.",
    },
    ko: {
      status: '알 수 없는 인증서',
      text: 'MQTT 브로커 {broker}의 인증서는 이 장비가 신뢰하는 기관이 서명하지 않았습니다({detail}).',
      action: '브로커 설정의 TLS 구성에 인증 기관(CA) 인증서를 추가하세요.',
    },
  },
  'broker-certificate-name': {
    'en-US': {
      status: 'wrong certificate',
      text: 'The certificate of the MQTT broker {broker} was made for another name.',
      action: 'Use the host name that the certificate names, or set "server name" in the TLS configuration.',
    },
    ko: {
      status: '인증서 이름 불일치',
      text: 'MQTT 브로커 {broker}의 인증서는 다른 이름으로 발급되었습니다.',
      action: '인증서에 적힌 호스트 이름을 쓰거나 TLS 구성에서 서버 이름을 설정하세요.',
    },
  },
  'broker-client-certificate': {
    'en-US': {
      status: 'certificate refused',
      text: 'The MQTT broker {broker} did not accept our TLS handshake ({detail}).',
      action:
        'It may want a client certificate: add certificate and key to the TLS configuration of the broker settings.',
    },
    ko: {
      status: '인증서 거부됨',
      text: 'MQTT 브로커 {broker}이(가) TLS 연결을 받아들이지 않았습니다({detail}).',
      action: '클라이언트 인증서가 필요할 수 있습니다. 브로커 설정의 TLS 구성에 인증서와 키를 추가하세요.',
    },
  },
  'broker-subscribe-refused': {
    'en-US': {
      status: 'subscribe refused',
      text: 'The MQTT broker {broker} does not let us subscribe to {filter}.',
      action: "Allow it in the broker's access list, or change the topic.",
    },
    ko: {
      status: '구독 거부됨',
      text: 'MQTT 브로커 {broker}이(가) {filter} 구독을 허용하지 않습니다.',
      action: '브로커의 접근 목록에서 허용하거나 토픽을 바꾸세요.',
    },
  },
  'broker-no-sharing': {
    'en-US': {
      status: 'no shared topics',
      text: 'The MQTT broker {broker} has no shared subscriptions, so the group {group} would receive nothing.',
      action: 'Clear the group in the node, or use a broker with MQTT 5 such as Mosquitto.',
    },
    ko: {
      status: '공유 구독 미지원',
      text: 'MQTT 브로커 {broker}에는 공유 구독이 없어 그룹 {group}은(는) 아무것도 받지 못합니다.',
      action: '노드에서 그룹을 비우거나 Mosquitto 같은 MQTT 5 브로커를 사용하세요.',
    },
  },
});

interface Where {
  readonly broker: string;
  readonly clientId: string;
  readonly version: string;
}

const untrusted = new Set([
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'CERT_UNTRUSTED',
  'CERT_SIGNATURE_FAILURE',
]);

/** Why a connection could not be made or ended, in words a person can act on. */
export function connectionError(cause: Error | undefined, wasConnected: boolean, where: Where): PerceptError {
  const code = (cause as { code?: unknown } | undefined)?.code;
  const { broker, clientId, version } = where;
  const detail = cause ? shortened(code, cause) : 'without a reason';
  if (code === 4 || code === 5 || code === 134 || code === 135)
    return brokerError('broker-login', { broker }, { cause });
  if (code === 1 || code === 132) return brokerError('broker-version', { broker, version }, { cause });
  if (code === 2 || code === 133) return brokerError('broker-client-id', { broker, clientId }, { cause });
  if (code === 142 && cause instanceof BrokerDisconnect)
    return brokerError('broker-taken-over', { broker, clientId }, { cause });
  if (code === 'CERT_HAS_EXPIRED') return brokerError('broker-certificate-expired', { broker }, { cause });
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') return brokerError('broker-certificate-name', { broker }, { cause });
  if (typeof code === 'string' && untrusted.has(code))
    return brokerError('broker-certificate-unknown', { broker, detail: code }, { cause });
  if (typeof code === 'string' && /^(ERR_SSL|EPROTO)/.test(code))
    return brokerError('broker-client-certificate', { broker, detail }, { cause });
  return wasConnected
    ? brokerError('broker-closed', { broker, clientId, detail }, { cause })
    : brokerError('broker-unreachable', { broker, detail }, { cause });
}

function shortened(code: unknown, cause: Error): string {
  return typeof code === 'string' ? code : cause.message.slice(0, 120);
}
