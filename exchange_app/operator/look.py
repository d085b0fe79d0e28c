"""What the operator's pages need beyond the components' own look."""

LOOK = """
.mcard .deed kbd{display:none}.mcard:focus .deed kbd,.mcard:focus-within .deed kbd{display:inline-grid}
.mcard:focus{outline:3px solid var(--focus);outline-offset:2px}
.mcard .deed{margin-top:auto}
.mcard .price{display:block}
.price .part:not(:last-child):after{content:" + "}
.facts>span{overflow-wrap:anywhere}
.board-tools{margin-bottom:16px}
.messages{display:grid;gap:8px;padding:12px var(--sp-5) 0}.messages:empty{display:none}
.work{padding-bottom:60px}
.strip .who b,.strip .who span{overflow-wrap:anywhere}.strip .who span span{display:inline}
.strip .clock span{white-space:nowrap}
.script .chips{margin-bottom:14px}.steps a{color:inherit;text-decoration:none}.steps a:hover{text-decoration:underline}
.script .step{scroll-margin-top:110px}.script h3{font-size:15px;line-height:22px;color:var(--text-2);margin:18px 0 4px}
.script .step:first-child h3{margin-top:0}
.script li{font-size:19px;line-height:31px;margin:0 0 6px 26px}.script ol{list-style:decimal}.script ul:not(.steps){list-style:disc}
.script .steps{list-style:none}.script .steps li{margin:0;font-size:var(--fs-2);line-height:20px}
.script mark{background:var(--accent-soft);color:inherit;border-bottom:2px solid var(--accent);padding:1px 3px;border-radius:3px;font-weight:600}
.script mark.missing{background:var(--amber-soft);border-color:var(--amber-line);color:var(--amber-text)}
.script em,.script blockquote,.script blockquote p{font-size:15px;line-height:22px;color:var(--text-2);font-style:normal}
.script blockquote{margin:0 0 12px}.script blockquote p{margin:0}
.answer{padding:0 0 12px;font-size:15px;line-height:23px}.answer p+p{margin-top:6px}
.answer mark{background:none;color:inherit;font-weight:600}
.spread{justify-content:space-between}.spread svg{order:-1}
.several{display:grid;grid-template-columns:1fr 1fr;gap:0 12px}.several .chk span{overflow-wrap:anywhere;line-height:20px}
.seg.full{flex-wrap:wrap}.seg>button{cursor:pointer}
.foot .end{min-height:36px;padding:0 8px;font-size:15px}
.phone-panes{padding:12px 16px 0}
.lead{margin:-8px 0 16px}
.look .script p,.look .script li{font-size:17px;line-height:27px}
.days{display:grid;grid-template-columns:repeat(auto-fill,minmax(150px,1fr));gap:12px}
.saving .btn.big{font-size:16px;padding:0 14px}
.writing-head{position:sticky;top:-16px;z-index:1;margin:-16px -16px 0;padding:16px 16px 8px;background:var(--panel);border-radius:var(--r-3) var(--r-3) 0 0}
.ended .disp{gap:6px}.ended .disp>button{min-height:48px;padding-top:4px;padding-bottom:4px}
.saving{position:sticky;bottom:-16px;margin:0 -16px -16px;padding:12px 16px;background:var(--panel);border-top:1px solid var(--line);border-radius:0 0 var(--r-3) var(--r-3)}
.several:focus,.seg:focus,h2:focus{outline-offset:6px}
@media (min-width:1101px) and (min-height:620px){.work{display:flex;flex-direction:column;height:calc(100vh - 60px);padding-bottom:45px}
.work>.ws{flex:1;min-height:0;grid-template-rows:minmax(0,1fr)}.work>.ws>.pane{max-height:100%;overflow:auto}.work>.strip{flex:none}}
@media (max-width:640px){.saving{display:none}}
@media (min-width:1101px){.disp .own{display:inline;font-size:inherit;color:inherit}}
.disp b .own{display:inline!important;font-size:inherit!important;line-height:inherit!important;color:inherit!important}
@media (max-width:640px){.messages{padding:12px 16px 0}.work{padding-bottom:76px}.several{grid-template-columns:1fr}
.script li{font-size:18px;line-height:29px}.work>.empty{padding-bottom:120px}}
"""
