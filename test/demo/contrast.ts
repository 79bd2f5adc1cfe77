/**
 * Script for the browser. Returns the texts of a page whose contrast with their ground is below 4.5, or below 3 if they
 * are large (WCAG 2.2, 1.4.3). Disabled elements do not count.
 */
export const lowContrasts = `(() => {
  const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  const grounds = (element) => (element === null ? [] : [...grounds(element.parentElement), getComputedStyle(element).backgroundColor]);
  const paint = (colors) => {
    for (const color of ["white", ...colors]) {
      canvas.fillStyle = color;
      canvas.fillRect(0, 0, 1, 1);
    }
    return canvas.getImageData(0, 0, 1, 1).data;
  };
  const luminance = (colors) => {
    const [red, green, blue] = [...paint(colors)].map((octet) => {
      const share = octet / 255;
      return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };
  const contrast = (element) => {
    const ground = grounds(element);
    const [dark, light] = [luminance(ground), luminance([...ground, getComputedStyle(element).color])].toSorted((a, b) => a - b);
    return (light + 0.05) / (dark + 0.05);
  };
  const isLarge = (style) => parseFloat(style.fontSize) >= (style.fontWeight >= 700 ? 18.66 : 24);
  const hasText = (element) => [...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim() !== "");
  return [...document.body.querySelectorAll("*")]
    .filter((element) => hasText(element) && !element.matches(":disabled, .skip"))
    .filter((element) => contrast(element) < (isLarge(getComputedStyle(element)) ? 3 : 4.5))
    .map((element) => element.className + " " + element.textContent.trim().slice(0, 40) + " " + contrast(element).toFixed(2));
})()`;
