import { join } from 'node:path';
import vue from '@vitejs/plugin-vue';
import { defineConfig } from 'vite';

// the dashboard loads one script per widget and no style sheet, so the styles travel inside the script
const stylesInScript = {
  name: 'styles-in-script',
  enforce: 'post',
  generateBundle(_options, bundle) {
    const files = Object.values(bundle);
    const css = files.filter((file) => file.fileName.endsWith('.css'));
    const text = css.map((file) => file.source).join('\n');
    for (const file of css) delete bundle[file.fileName];
    const add = `(()=>{const s=document.createElement('style');s.dataset.percept='';s.textContent=${JSON.stringify(text)};document.head.append(s)})();`;
    for (const file of files) if (file.type === 'chunk') file.code = add + file.code;
  },
};

export default defineConfig({
  root: import.meta.dirname,
  logLevel: 'warn',
  plugins: [vue(), stylesInScript],
  define: { 'process.env.NODE_ENV': '"production"' },
  build: {
    outDir: join(import.meta.dirname, 'resources'),
    emptyOutDir: true,
    cssCodeSplit: false,
    lib: {
      entry: join(import.meta.dirname, 'ui/widgets.ts'),
      name: 'percept',
      formats: ['umd'],
      fileName: () => 'percept.umd.js',
    },
    rolldownOptions: { external: ['vue'], output: { globals: { vue: 'Vue' } } },
  },
});
