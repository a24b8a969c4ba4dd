const list = (names: string): ReadonlySet<string> => new Set(names.trim().split(/\s+/));

/** Services that hide where an address leads. */
export const shorteners = list(`
  bit.ly bl.ink buff.ly cutt.ly goo.gl is.gd lnkd.in ow.ly rb.gy rebrand.ly s.id shorturl.at shorte.st short.io t.co t.ly tiny.cc tiny.one tinyurl.com
  tr.im u.to urlz.fr v.gd x.co qr.ae adf.ly bc.vc clck.ru dub.sh kutt.it n9.cl soo.gd surl.li
`);

/** Services that take whatever is sent to them and show it to whoever made the address: request catchers, tunnels, paste bins, anonymous drops. */
export const catchers = list(`
  webhook.site requestbin.com requestbin.net pipedream.net pipedream.com beeceptor.com hookbin.com requestcatcher.com postb.in ptsv2.com ptsv3.com typedwebhook.tools webhook.cool
  webhookrelay.com mockbin.org mockbin.io httpbin.org hookdeck.com svix.com interact.sh interactsh.com oast.pro oast.live oast.site oast.online oast.fun oast.me burpcollaborator.net oastify.com canarytokens.com dnslog.cn ceye.io bxss.me
  ngrok.io ngrok.app ngrok.dev ngrok-free.app ngrok-free.dev trycloudflare.com loca.lt localtunnel.me serveo.net localhost.run lhr.life bore.pub pagekite.me telebit.io
  pastebin.com paste.ee hastebin.com rentry.co dpaste.org dpaste.com ghostbin.com controlc.com 0bin.net privatebin.net transfer.sh file.io 0x0.st gofile.io anonfiles.com catbox.moe tmpfiles.org bashupload.com termbin.com temp.sh wetransfer.com
`);

/** Hosts that do no more than carry other people's images, badges and downloads: long names in them are no data. */
export const carriers = list('githubusercontent.com shields.io gravatar.com cloudfront.net ytimg.com googleusercontent.com');
