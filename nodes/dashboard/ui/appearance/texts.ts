import type { Texts } from '../shared/language.ts';

const english = {
  open: 'Appearance',
  colours: 'Colours',
  system: 'As the device',
  light: 'Light',
  dark: 'Dark',
  size: 'Size',
  auto: 'By the window',
  desk: 'Desk',
  wall: 'Wall screen',
} as const;

export type AppearanceText = keyof typeof english;

export const appearanceTexts: Texts<AppearanceText> = {
  'en-US': english,
  ko: {
    open: '화면 모양',
    colours: '색',
    system: '기기 설정대로',
    light: '밝게',
    dark: '어둡게',
    size: '크기',
    auto: '창 크기대로',
    desk: '책상',
    wall: '벽 화면',
  },
};
