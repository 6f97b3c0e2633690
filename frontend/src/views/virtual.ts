// Long lists of rows of one height: only those in sight are in the page.
import { useEffect, useRef, useState } from "preact/hooks";
import { printing } from "../state";

const BEYOND = 8;

/** Which of `count` rows of `height` pixels to draw, and the element that scrolls. */
export function useRows(count: number, height: number) {
  const host = useRef<HTMLDivElement>(null);
  const [top, setTop] = useState(0);
  const [tall, setTall] = useState(600);
  useEffect(() => {
    if (!host.current) return;
    const observer = new ResizeObserver(([entry]) => setTall(entry?.contentRect.height || 600));
    observer.observe(host.current);
    return () => observer.disconnect();
  }, []);
  const all = printing.value;
  return {
    host,
    onScroll: (event: { currentTarget: HTMLElement }) => setTop(event.currentTarget.scrollTop),
    first: all ? 0 : Math.max(0, Math.min(count, Math.floor(top / height)) - BEYOND),
    last: all ? count : Math.min(count, Math.ceil((top + tall) / height) + BEYOND),
  };
}
