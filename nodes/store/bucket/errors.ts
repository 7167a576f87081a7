import { defineErrors } from '../../kit/index.js';

export const bucketError = defineErrors({
  'bucket-missing': {
    'en-US': {
      status: 'no such bucket',
      text: 'The bucket {bucket} is not there.',
      action: 'Create it, or mount the disk it lies on, or correct its name in the bucket settings.',
    },
    ko: {
      status: '버킷 없음',
      text: '버킷 {bucket}을(를) 찾을 수 없습니다.',
      action: '버킷을 만들거나 디스크를 마운트하거나 버킷 설정에서 이름을 고치세요.',
    },
  },
  'bucket-wrong-credentials': {
    'en-US': {
      status: 'wrong credentials',
      text: 'The bucket {bucket} does not accept the credentials: {detail}.',
      action: 'Check access key and secret in the bucket settings, and the clock of this machine.',
    },
    ko: {
      status: '자격 증명 오류',
      text: '버킷 {bucket}이(가) 자격 증명을 받아들이지 않습니다: {detail}.',
      action: '버킷 설정의 액세스 키와 비밀 키, 그리고 이 장비의 시계를 확인하세요.',
    },
  },
  'bucket-forbidden': {
    'en-US': {
      status: 'not allowed',
      text: 'The bucket {bucket} does not allow this with {key}: {detail}.',
      action:
        "Give the access key the right to read, write, list and delete in this bucket, or see the bucket's policy.",
    },
    ko: {
      status: '권한 없음',
      text: '버킷 {bucket}이(가) {key}에 대한 작업을 허용하지 않습니다: {detail}.',
      action: '액세스 키에 이 버킷의 읽기, 쓰기, 목록, 삭제 권한을 주거나 버킷 정책을 확인하세요.',
    },
  },
  'bucket-locked': {
    'en-US': {
      status: 'locked',
      text: '{key} in the bucket {bucket} is locked or on hold and was not deleted.',
      action: 'Wait until its lock has ended, or lift the hold.',
    },
    ko: {
      status: '잠김',
      text: '버킷 {bucket}의 {key}은(는) 잠겨 있거나 보존 중이어서 삭제되지 않았습니다.',
      action: '잠금이 끝날 때까지 기다리거나 보존을 해제하세요.',
    },
  },
  'bucket-unreachable': {
    'en-US': {
      status: 'unreachable',
      text: 'The bucket {bucket} does not answer: {detail}.',
      action: 'Check the endpoint in the bucket settings, the network and the service.',
    },
    ko: {
      status: '연결할 수 없음',
      text: '버킷 {bucket}이(가) 응답하지 않습니다: {detail}.',
      action: '버킷 설정의 엔드포인트, 네트워크, 서비스 상태를 확인하세요.',
    },
  },
  'bucket-full': {
    'en-US': {
      status: 'bucket full',
      text: 'There is no room for {key} in the bucket {bucket}; nothing of it was kept.',
      action: 'Free space or raise the quota, or shorten the retention.',
    },
    ko: {
      status: '버킷 공간 부족',
      text: '버킷 {bucket}에 {key}을(를) 저장할 공간이 없어 아무것도 남기지 않았습니다.',
      action: '공간을 확보하거나 할당량을 늘리거나 보존 기간을 줄이세요.',
    },
  },
  'bucket-read-only': {
    'en-US': {
      status: 'read-only',
      text: '{key} cannot be written in the bucket {bucket}: {detail}.',
      action: 'Give the user that runs Node-RED the right to write there, or mount the disk writable.',
    },
    ko: {
      status: '읽기 전용',
      text: '버킷 {bucket}에 {key}을(를) 쓸 수 없습니다: {detail}.',
      action: 'Node-RED를 실행하는 사용자에게 쓰기 권한을 주거나 디스크를 쓰기 가능으로 마운트하세요.',
    },
  },
  'bucket-corrupt': {
    'en-US': {
      status: 'checksum differs',
      text: '{key} in the bucket {bucket} is not what was put there: its checksum differs. It was not handed out.',
      action: 'Restore it from a copy, and check the disk or the transfer; percept doctor finds others.',
    },
    ko: {
      status: '체크섬 불일치',
      text: '버킷 {bucket}의 {key}이(가) 저장한 내용과 다릅니다(체크섬 불일치). 내용을 내보내지 않았습니다.',
      action: '사본에서 복구하고 디스크나 전송 경로를 점검하세요. percept doctor가 다른 손상도 찾아 줍니다.',
    },
  },
  'bucket-mismatch': {
    'en-US': {
      status: 'checksum differs',
      text: 'What came to be stored as {key} has another checksum than was announced; nothing of it was kept.',
      action: 'Send it again; the bytes changed on the way.',
    },
    ko: {
      status: '체크섬 불일치',
      text: '{key}(으)로 저장하려던 내용이 알려 준 체크섬과 달라 아무것도 남기지 않았습니다.',
      action: '다시 보내세요. 전송 중에 내용이 바뀌었습니다.',
    },
  },
  'bucket-unverified': {
    'en-US': {
      status: 'no checksum',
      text: '{key} in the bucket {bucket} has no checksum: Percept did not put it there. It was not handed out.',
      action: 'Put it there with Percept, or remove it.',
    },
    ko: {
      status: '체크섬 없음',
      text: '버킷 {bucket}의 {key}에 체크섬이 없습니다. Percept가 저장한 것이 아니어서 내보내지 않았습니다.',
      action: 'Percept로 다시 저장하거나 삭제하세요.',
    },
  },
  'bucket-not-found': {
    'en-US': {
      status: 'not found',
      text: 'There is no {key} in the bucket {bucket}.',
      action: 'It may have been removed by the retention; percept doctor lists what is missing.',
    },
    ko: {
      status: '찾을 수 없음',
      text: '버킷 {bucket}에 {key}이(가) 없습니다.',
      action: '보존 기간이 지나 삭제되었을 수 있습니다. percept doctor가 빠진 항목을 보여 줍니다.',
    },
  },
  'bucket-no-lock': {
    'en-US': {
      status: 'cannot lock',
      text: 'The bucket {bucket} cannot lock objects.',
      action: 'Use an S3 bucket that was created with Object Lock.',
    },
    ko: {
      status: '잠글 수 없음',
      text: '버킷 {bucket}은(는) 객체를 잠글 수 없습니다.',
      action: 'Object Lock을 켜고 만든 S3 버킷을 사용하세요.',
    },
  },
  'bucket-bad-key': {
    'en-US': {
      status: 'bad key',
      text: 'The key {key} cannot be used in a bucket.',
      action: 'Use names of letters, digits and . _ - with / between them, none beginning with a dot; no links.',
    },
    ko: {
      status: '잘못된 키',
      text: '키 {key}은(는) 버킷에서 사용할 수 없습니다.',
      action: '글자, 숫자, . _ - 로 된 이름을 /로 구분해 쓰세요. 점으로 시작하거나 링크인 이름은 안 됩니다.',
    },
  },
  'bucket-bad-settings': {
    'en-US': {
      status: 'check the settings',
      text: 'The bucket {bucket} cannot be opened: {detail}.',
      action: 'Correct the bucket settings.',
    },
    ko: {
      status: '설정을 확인하세요',
      text: '버킷 {bucket}을(를) 열 수 없습니다: {detail}.',
      action: '버킷 설정을 고치세요.',
    },
  },
  'bucket-part-missing': {
    'en-US': {
      status: 'S3 not installed',
      text: 'S3 needs the package {part}, which is not installed.',
      action: 'Install it where Percept is installed: npm install {part}.',
    },
    ko: {
      status: 'S3 미설치',
      text: 'S3에는 {part} 패키지가 필요하지만 설치되어 있지 않습니다.',
      action: 'Percept가 설치된 곳에서 npm install {part}을(를) 실행하세요.',
    },
  },
  'bucket-refused': {
    'en-US': {
      status: 'bucket error',
      text: 'The bucket {bucket} could not do this with {key}: {detail}.',
      action: 'See the detail; the same call may work again later.',
    },
    ko: {
      status: '버킷 오류',
      text: '버킷 {bucket}이(가) {key} 작업을 처리하지 못했습니다: {detail}.',
      action: '자세한 내용을 확인하세요. 나중에 다시 시도하면 될 수 있습니다.',
    },
  },
});
