import { defineErrors } from '../../kit/index.js';

/** All that can be wrong with a message or with the decoder's settings. Payloads are never quoted: they may be private. */
export const decodeError = defineErrors({
  'decode-topic-pattern': {
    'en-US': {
      status: 'check the topic',
      text: 'The topic pattern "{pattern}" is not valid.',
      action: 'Name wildcards like site/+machine/#rest: each name once, letters and digits, # only at the end.',
    },
    ko: {
      status: '토픽 확인 필요',
      text: '토픽 패턴 "{pattern}"이(가) 올바르지 않습니다.',
      action: 'site/+machine/#rest처럼 쓰세요. 이름은 영문자와 숫자로 한 번씩만, #은 맨 끝에만 올 수 있습니다.',
    },
  },
  'decode-setting': {
    'en-US': {
      status: 'check the decoder',
      text: 'The decoder setting "{field}" does not fit: {problem}.',
      action: 'Open the node in the editor, correct it and deploy.',
    },
    ko: {
      status: '디코더 설정 확인',
      text: '디코더 설정 "{field}" 값이 맞지 않습니다: {problem}.',
      action: '편집기에서 노드를 열어 고친 뒤 배포하세요.',
    },
  },
  'decode-topic': {
    'en-US': {
      status: 'topic mismatch',
      text: 'The topic "{topic}" does not match the pattern "{pattern}".',
      action: 'Correct the pattern, or keep such messages away from this node.',
    },
    ko: {
      status: '토픽 불일치',
      text: '토픽 "{topic}"이(가) 패턴 "{pattern}"과 맞지 않습니다.',
      action: '패턴을 고치거나 그런 메시지가 이 노드에 오지 않게 하세요.',
    },
  },
  'decode-empty': {
    'en-US': {
      status: 'empty message',
      text: 'The message on "{topic}" has no payload.',
      action: 'Empty messages usually clear a retained one; if the source means something by it, let it send a value.',
    },
    ko: {
      status: '빈 메시지',
      text: '"{topic}" 메시지에 내용이 없습니다.',
      action: '빈 메시지는 보통 보존 메시지를 지울 때 쓰입니다. 의미가 있다면 값을 보내게 하세요.',
    },
  },
  'decode-too-large': {
    'en-US': {
      status: 'message too large',
      text: 'The message on "{topic}" has {bytes} bytes; at most {limit} are taken.',
      action: 'Let the source send smaller messages, or raise the limit in the node.',
    },
    ko: {
      status: '메시지가 너무 큼',
      text: '"{topic}" 메시지가 {bytes}바이트입니다. 최대 {limit}바이트까지 받습니다.',
      action: '더 작게 나누어 보내거나 노드에서 한도를 올리세요.',
    },
  },
  'decode-too-many': {
    'en-US': {
      status: 'too many values',
      text: 'The message on "{topic}" holds more than {limit} readings.',
      action: 'Let the source send smaller messages, or raise the limit in the node.',
    },
    ko: {
      status: '값이 너무 많음',
      text: '"{topic}" 메시지에 측정값이 {limit}개보다 많습니다.',
      action: '더 작게 나누어 보내거나 노드에서 한도를 올리세요.',
    },
  },
  'decode-utf8': {
    'en-US': {
      status: 'not UTF-8',
      text: 'The message on "{topic}" is not valid UTF-8 text.',
      action: 'Choose the format "binary" or "sparkplug" if it is no text; otherwise correct the source.',
    },
    ko: {
      status: 'UTF-8 아님',
      text: '"{topic}" 메시지가 올바른 UTF-8 텍스트가 아닙니다.',
      action: '텍스트가 아니라면 형식을 "binary"나 "sparkplug"로 바꾸고, 텍스트라면 보내는 쪽을 고치세요.',
    },
  },
  'decode-json': {
    'en-US': {
      status: 'broken JSON',
      text: 'The message on "{topic}" is not valid JSON: {problem}.',
      action: 'Correct the source (JSON knows no NaN or Infinity), or choose its real format in the node.',
    },
    ko: {
      status: '잘못된 JSON',
      text: '"{topic}" 메시지가 올바른 JSON이 아닙니다: {problem}.',
      action: '보내는 쪽을 고치거나(JSON에는 NaN, Infinity가 없습니다) 노드에서 실제 형식을 고르세요.',
    },
  },
  'decode-nested': {
    'en-US': {
      status: 'nested too deep',
      text: 'The message on "{topic}" is nested deeper than {limit} levels.',
      action: 'Let the source send flatter messages.',
    },
    ko: {
      status: '중첩이 너무 깊음',
      text: '"{topic}" 메시지의 중첩이 {limit}단계를 넘습니다.',
      action: '더 단순한 구조로 보내게 하세요.',
    },
  },
  'decode-schema': {
    'en-US': {
      status: 'schema mismatch',
      text: 'The message on "{topic}" does not fit the schema of {source}: {field} {problem}.',
      action: 'Correct the source or the schema.',
    },
    ko: {
      status: '스키마 불일치',
      text: '"{topic}" 메시지가 {source}의 스키마와 맞지 않습니다: {field} {problem}.',
      action: '보내는 쪽이나 스키마를 고치세요.',
    },
  },
  'decode-path': {
    'en-US': {
      status: 'field missing',
      text: 'The message on "{topic}" has no field "{path}".',
      action: 'Correct the path in the node, or the source.',
    },
    ko: {
      status: '필드 없음',
      text: '"{topic}" 메시지에 "{path}" 필드가 없습니다.',
      action: '노드의 경로나 보내는 쪽을 고치세요.',
    },
  },
  'decode-value': {
    'en-US': {
      status: 'not a number',
      text: 'The field "{path}" of the message on "{topic}" is not a finite number but {found}.',
      action: 'Name another field in the node, or correct the source.',
    },
    ko: {
      status: '숫자가 아님',
      text: '"{topic}" 메시지의 "{path}" 필드가 유한한 숫자가 아니라 {found}입니다.',
      action: '노드에서 다른 필드를 지정하거나 보내는 쪽을 고치세요.',
    },
  },
  'decode-nothing': {
    'en-US': {
      status: 'no number found',
      text: 'The message on "{topic}" holds no number to store.',
      action: 'Name the field of the value in the node, or keep such messages away from it.',
    },
    ko: {
      status: '숫자 없음',
      text: '"{topic}" 메시지에 저장할 숫자가 없습니다.',
      action: '노드에서 값 필드를 지정하거나 그런 메시지가 오지 않게 하세요.',
    },
  },
  'decode-time': {
    'en-US': {
      status: 'bad time',
      text: 'The time in the message on "{topic}" cannot be used: {problem}.',
      action:
        'State its unit in the node, set the clock of the source, or leave the time out to use the time of arrival.',
    },
    ko: {
      status: '잘못된 시각',
      text: '"{topic}" 메시지의 시각을 쓸 수 없습니다: {problem}.',
      action: '노드에서 시각 단위를 지정하거나, 보내는 쪽 시계를 맞추거나, 시각을 빼고 도착 시각을 쓰세요.',
    },
  },
  'decode-sequence': {
    'en-US': {
      status: 'bad sequence',
      text: 'The sequence in the message on "{topic}" is {found}, not an integer from 0 to {limit}.',
      action: 'Name another field in the node, or none.',
    },
    ko: {
      status: '잘못된 순번',
      text: '"{topic}" 메시지의 순번이 0~{limit} 정수가 아니라 {found}입니다.',
      action: '노드에서 다른 필드를 지정하거나 비워 두세요.',
    },
  },
  'decode-name': {
    'en-US': {
      status: 'no source name',
      text: 'The message on "{topic}" gives no usable {what}: {problem}.',
      action: 'Set a template for it in the node, such as {example}.',
    },
    ko: {
      status: '이름을 알 수 없음',
      text: '"{topic}" 메시지에서 쓸 수 있는 {what} 이름을 얻지 못했습니다: {problem}.',
      action: '노드에서 {example} 같은 템플릿을 지정하세요.',
    },
  },
  'decode-senml': {
    'en-US': {
      status: 'bad SenML',
      text: 'The message on "{topic}" is not SenML as in RFC 8428: record {record} {problem}.',
      action: 'Correct the source, or choose the format "json" and name the fields.',
    },
    ko: {
      status: '잘못된 SenML',
      text: '"{topic}" 메시지가 RFC 8428 SenML이 아닙니다: 레코드 {record} {problem}.',
      action: '보내는 쪽을 고치거나 형식을 "json"으로 바꾸고 필드를 지정하세요.',
    },
  },
  'decode-sparkplug': {
    'en-US': {
      status: 'bad Sparkplug',
      text: 'The message on "{topic}" is not Sparkplug B: {problem}.',
      action: 'Correct the source; the topic is spBv1.0/group/type/node/device and the payload protobuf.',
    },
    ko: {
      status: '잘못된 Sparkplug',
      text: '"{topic}" 메시지가 Sparkplug B가 아닙니다: {problem}.',
      action: '보내는 쪽을 고치세요. 토픽은 spBv1.0/group/type/node/device, 내용은 protobuf입니다.',
    },
  },
  'decode-sparkplug-birth': {
    'en-US': {
      status: 'birth missing',
      text: 'The message of edge node "{node}" refers to metric {metric}, which no birth message has declared here.',
      action: 'Ask the edge node for a rebirth (Node Control/Rebirth), then drive the message through again.',
    },
    ko: {
      status: 'Birth 메시지 없음',
      text: '엣지 노드 "{node}"의 메시지가 아직 birth로 알려지지 않은 메트릭 {metric}을(를) 가리킵니다.',
      action: '엣지 노드에 rebirth를 요청한 뒤(Node Control/Rebirth) 메시지를 다시 처리하세요.',
    },
  },
  'decode-csv': {
    'en-US': {
      status: 'bad CSV line',
      text: 'The message on "{topic}" is not a CSV line as described: {problem}.',
      action: 'Compare the columns and the separator in the node with what the source sends.',
    },
    ko: {
      status: '잘못된 CSV 줄',
      text: '"{topic}" 메시지가 설정한 CSV 줄과 다릅니다: {problem}.',
      action: '노드의 열과 구분자를 보내는 내용과 비교하세요.',
    },
  },
  'decode-number': {
    'en-US': {
      status: 'not a number',
      text: 'The text on "{topic}" is not a plain number with an optional unit.',
      action: 'Choose the format it really has, or correct the source.',
    },
    ko: {
      status: '숫자가 아님',
      text: '"{topic}" 텍스트가 (단위가 붙을 수 있는) 숫자가 아닙니다.',
      action: '실제 형식을 고르거나 보내는 쪽을 고치세요.',
    },
  },
  'decode-binary': {
    'en-US': {
      status: 'unknown bytes',
      text: 'The message on "{topic}" is neither JPEG nor WAV nor PCM with a header.',
      action: 'Correct the source, or allow any bytes in the node to keep them as they are.',
    },
    ko: {
      status: '알 수 없는 바이트',
      text: '"{topic}" 메시지가 JPEG, WAV, 헤더 있는 PCM 중 어느 것도 아닙니다.',
      action: '보내는 쪽을 고치거나, 노드에서 모든 바이트 허용을 켜서 그대로 저장하세요.',
    },
  },
  'decode-jpeg': {
    'en-US': {
      status: 'broken JPEG',
      text: 'The picture {name} is not a whole JPEG: {problem}.',
      action: 'Check the camera and whether messages are cut off on the way.',
    },
    ko: {
      status: '깨진 JPEG',
      text: '사진 {name}이(가) 온전한 JPEG가 아닙니다: {problem}.',
      action: '카메라와 전송 중 잘림 여부를 확인하세요.',
    },
  },
  'decode-wav': {
    'en-US': {
      status: 'broken WAV',
      text: 'The sound {name} is not a WAV that can be used: {problem}.',
      action: 'Send PCM of 16, 24 or 32 bits or 32-bit float, whole.',
    },
    ko: {
      status: '깨진 WAV',
      text: '소리 {name}이(가) 쓸 수 있는 WAV가 아닙니다: {problem}.',
      action: '16, 24, 32비트 PCM이나 32비트 float를 온전하게 보내세요.',
    },
  },
  'decode-pcm': {
    'en-US': {
      status: 'broken PCM',
      text: 'The sound {name} has a PCM header that cannot be used: {problem}.',
      action: "The node's help describes the 24 bytes of the header.",
    },
    ko: {
      status: '깨진 PCM',
      text: '소리 {name}의 PCM 헤더를 쓸 수 없습니다: {problem}.',
      action: '24바이트 헤더 구조는 노드 도움말에 있습니다.',
    },
  },
  'decode-gzip': {
    'en-US': {
      status: 'broken gzip',
      text: 'The message on "{topic}" begins like gzip and cannot be unpacked: {problem}.',
      action: 'Check the source and whether messages are cut off on the way.',
    },
    ko: {
      status: '깨진 gzip',
      text: '"{topic}" 메시지가 gzip처럼 시작하지만 풀 수 없습니다: {problem}.',
      action: '보내는 쪽과 전송 중 잘림 여부를 확인하세요.',
    },
  },
  'decode-unpacks-too-large': {
    'en-US': {
      status: 'unpacks too large',
      text: 'The message on "{topic}" unpacks to more than {limit} bytes.',
      action: 'Let the source send smaller messages, or raise the limit in the node.',
    },
    ko: {
      status: '압축 해제 후 너무 큼',
      text: '"{topic}" 메시지의 압축을 풀면 {limit}바이트를 넘습니다.',
      action: '더 작게 나누어 보내거나 노드에서 한도를 올리세요.',
    },
  },
  'decode-envelope': {
    'en-US': {
      status: 'broken envelope',
      text: 'The message on "{topic}" begins as a gateway\'s and is none: {problem}.',
      action: 'See who publishes there; the readings stay in the dead letter.',
    },
    ko: {
      status: '잘못된 묶음',
      text: '"{topic}" 메시지가 gateway의 것처럼 시작하지만 맞지 않습니다: {problem}.',
      action: '누가 그 토픽에 보내는지 확인하세요. 측정값은 보류 메시지에 남아 있습니다.',
    },
  },
  'decode-envelope-newer': {
    'en-US': {
      status: 'gateway is newer',
      text: 'The message on "{topic}" comes from a gateway of a newer Percept (version {version} of its messages).',
      action: 'Update Percept here, then drive the dead letters through again; nothing is lost.',
    },
    ko: {
      status: '더 새로운 gateway',
      text: '"{topic}" 메시지는 더 새로운 Percept의 gateway가 보냈습니다(메시지 버전 {version}).',
      action: '여기 Percept를 업데이트한 뒤 보류된 메시지를 다시 처리하세요. 잃는 것은 없습니다.',
    },
  },
});
